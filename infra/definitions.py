"""The definitions of a stage's dimensions, looked at before anything is made of them, as the command line does it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.errors import SettingsError

_CHECKS = (
    (("check",), "have faults", "correct the definitions"),
    (("render", "--check"), "are not as their SQL is", "write it with: customertrack dimension render, and look at it"),
)


def check_definitions(root: Path, names: Sequence[str]) -> None:
    """Raises SettingsError, with all that is wrong, if a definition has faults or its SQL is not as it makes it.

    `root`: the checkout, or another folder with dimensions/ and sql/.
    """
    for words, what, advice in _CHECKS:
        command = [sys.executable, "-m", "customertrack", "dimension", *words, *names, "--project", str(root)]
        # The program is that of this checkout, wherever the definitions are.
        ended = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
        if ended.returncode:
            said = (ended.stdout or ended.stderr).strip()
            raise SettingsError(f"dimensions is '{','.join(names)}', and they {what}; {advice}:\n{said}")
