"""Python runs this at its start when the folder is on PYTHONPATH. It puts the stand-in before everything else.

The zip of a function brings the real driver, built for ARM64, and the runner puts the zip first on sys.path. So the
names below are answered by a finder, which is asked before sys.path is looked at. The rest of the zip is used as it is.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[2]
_PACKAGES = {
    "snowflake": _HERE / "snowflake",
    # Not in the zip, and nothing of the zip may need it: the stand-in alone does.
    "customertrack.embedded": _ROOT / "customertrack" / "embedded",
    "tests": _ROOT / "tests",
}


class StandIn(PathFinder):
    """Finds the packages of the stand-in, wherever sys.path points."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        folder = _PACKAGES.get(fullname)
        if folder is None:
            return None
        if not (folder / "__init__.py").exists():
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(folder)]
            return spec
        return spec_from_file_location(fullname, folder / "__init__.py", submodule_search_locations=[str(folder)])


sys.meta_path.insert(0, StandIn)
