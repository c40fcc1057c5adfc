"""Bytecode for the Python of the functions, whatever Python runs here."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.package_error import PackageError

VERSION = "3.14"
SCRIPT = Path(__file__).with_name("bytecode.mjs")


def compile_all(folder: Path) -> None:
    """Compiles every .py below ``folder`` into __pycache__ beside it. Raises PackageError."""
    # The environment that runs this brings its own Node; its programs need not be on the PATH.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=path)
    if node is None or not (SCRIPT.parents[1] / "node_modules/pyodide").is_dir():
        raise PackageError("the Python that compiles for the functions is not there: make synth fetches it")
    ran = subprocess.run([node, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        reason = " ".join((ran.stderr + ran.stdout).replace("*** ", "").replace("/var/task/", "").split())
        raise PackageError(f"Python {VERSION} cannot compile what the functions carry ({reason}): correct it there")
