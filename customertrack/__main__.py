"""`python -m customertrack`."""

from customertrack.cli.main import entry

if __name__ == "__main__":
    entry()
