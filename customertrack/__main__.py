"""`python -m customertrack`."""

from customertrack.cli import entry

if __name__ == "__main__":
    entry()
