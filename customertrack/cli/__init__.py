"""The command line: the entry point (main), and a module per command, imported when it is called."""
