"""The drain: stops the tasks of a cluster that is about to be deleted."""
