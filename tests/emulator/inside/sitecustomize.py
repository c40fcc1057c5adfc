"""Runs at the start of every Python below the emulator: in a function, `snowflake` is the stand-in.

The function's package carries the real driver, built for ARM64, and comes before everything else on the path of modules;
a finder comes before the path.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

STAND_IN = os.environ.get("EMULATOR_STAND_IN")


class StandIn:
    """Finds `snowflake` in the folder of the stand-in, and leaves everything else to the next finder."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """See importlib.abc.MetaPathFinder."""
        return PathFinder.find_spec(name, [str(STAND_IN)], target) if name == "snowflake" else None


if STAND_IN and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    sys.meta_path.insert(0, StandIn)
