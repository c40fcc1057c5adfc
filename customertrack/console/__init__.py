"""The console: what the tables hold, to be looked at in a browser. It only reads."""
