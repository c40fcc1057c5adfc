"""The console in Snowflake: which files of the checkout the app is made of, and where they are in it."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from infra.archive import files
from infra.sql_files import of_dimensions

# Where the app is in the functions' package (lambdas.migrate.console).
FOLDER = "console"
# What stands at its root, where Snowflake looks for the main file and the environment.
_ROOT = "customertrack/console/snowflake_app"
_ROOMS = ("console", "dimension", "reads", "sqltext")
_MODULES = ("__init__.py", "described.py", "errors.py", "warehouse.py")
# What of the console only one machine has.
_LEFT_OUT = ("on_one_machine.py", "one_machine.py", "serve.py")


def app_files(root: Path, dimensions: Sequence[str]) -> dict[str, Path]:
    """The files of the app by their paths in it, of the checkout ``root``, with the definitions of these dimensions."""
    modules = [root / "customertrack" / name for name in _MODULES]
    modules += [
        path
        for path in files(*(root / "customertrack" / room for room in _ROOMS))
        if path.suffix == ".py" and path.name not in _LEFT_OUT and not path.is_relative_to(root / _ROOT)
    ]
    definitions = [root / "dimensions" / f"{name}.toml" for name in dimensions]
    kept = [*modules, *definitions, *of_dimensions(root / "sql", dimensions)]
    at_the_root = {path.relative_to(root / _ROOT).as_posix(): path for path in files(root / _ROOT) if _is_kept(path)}
    return {path.relative_to(root).as_posix(): path for path in kept} | at_the_root


def _is_kept(path: Path) -> bool:
    """The file that makes a package of the folder is of the checkout; and who has looked at it leaves bytecode."""
    return path.name != "__init__.py" and path.suffix != ".pyc"


def app_hash(root: Path, dimensions: Sequence[str]) -> str:
    """Another one whenever a file of the app is another."""
    digest = sha256()
    for name, path in sorted(app_files(root, dimensions).items()):
        digest.update(f"{name}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
