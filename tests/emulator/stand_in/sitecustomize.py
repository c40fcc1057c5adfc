"""Python runs this at its start when the folder is on PYTHONPATH. It puts the stand-in before everything else.

The zip of a function brings the real driver, and compiled packages built for ARM64, and the runner puts the zip first
on sys.path. So the names below are answered by a finder, which is asked before sys.path is looked at. The rest of the
zip is used as it is.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parents[2]
_PACKAGES = {
    "snowflake": _HERE / "snowflake",
    # Not in the zip, and nothing of the zip may need them: the stand-in alone does.
    "snowglobe": _ROOT / "snowglobe",
    "tests": _ROOT / "tests",
}
# Taken from the environment's own packages, because the zip's are for another machine.
_COMPILED = {"cryptography", "cffi", "_cffi_backend"}
_ENVIRONMENT = [folder for folder in sys.path if folder.endswith("-packages")]


class StandIn(PathFinder):
    """Finds the packages of the stand-in, wherever sys.path points."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The place of a module, or None if it is none of ours."""
        if fullname in _COMPILED:
            return super().find_spec(fullname, _ENVIRONMENT)
        folder = _PACKAGES.get(fullname)
        if folder is None:
            return None
        if (folder / "__init__.py").exists():
            return spec_from_file_location(fullname, folder / "__init__.py", submodule_search_locations=[str(folder)])
        found = ModuleSpec(fullname, None, is_package=True)
        found.submodule_search_locations = [str(folder)]
        return found


sys.meta_path.insert(0, StandIn)
