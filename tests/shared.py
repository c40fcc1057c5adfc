"""What takes long to make and is only read or copied then: made once, for all processes of a test run."""

import atexit
import fcntl
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

_given: list[Path] = []


def use(folder: Path) -> None:
    """Have all that is shared in the folder that another process of the run has told of."""
    _given.append(folder)


@cache
def folder() -> Path:
    """Where all that is shared lies. It goes with the process that has made it."""
    if _given:
        return _given[-1]
    own = tempfile.mkdtemp(prefix="customertrack-tests-")
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return Path(own)


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, which whoever wants it first has `make` fill; the others wait. Nobody writes into it."""
    made = folder() / sha256(name.encode()).hexdigest()
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            # What fails is begun anew by the next one.
            begun = Path(tempfile.mkdtemp(dir=folder()))
            make(begun)
            begun.rename(made)
    return made
