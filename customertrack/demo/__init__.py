"""The generator's feed through a home, and its truth: run makes and applies it, verify compares the tables with it."""
