"""`python -m customertrack`."""

import sys

from customertrack.cli import main

if __name__ == "__main__":
    sys.exit(main())
