"""What CREATE makes, ALTER changes and DROP takes away, a kind per module."""
