"""What the alarms look at: the scheduled function that reads how the pipeline is, and publishes it as metrics."""
