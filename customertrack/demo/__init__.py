"""The generator's feed through a home, and its truth: run makes and applies it, verify compares the tables with it.

This room alone knows the generator; the command line reaches it through generating.
"""

import sys
from pathlib import Path

# A wheel carries the generator inside this package, so that it installs nothing under a name as common as `generator`;
# in a checkout it stands beside the package.
_PACKAGE = Path(__file__).parents[1]
_CARRIED = _PACKAGE / "carried"
sys.path.insert(0, str(_CARRIED if _CARRIED.is_dir() else _PACKAGE.parent))
