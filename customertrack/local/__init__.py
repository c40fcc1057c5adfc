"""One machine: the home folder, landing, files that others drop, and the path from there into the tables."""
