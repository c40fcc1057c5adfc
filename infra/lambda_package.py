"""The one zip file of all functions: our code, what dimensions are and the wheels, made without Docker or network."""

import hashlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import jsii
from aws_cdk import AssetHashType, BundlingOptions, BundlingOutput, DockerImage, ILocalBundling, aws_lambda

from infra.archive import add_folder, files
from infra.console_app import FOLDER as FOLDER_OF_THE_APP
from infra.console_app import app_files
from infra.lambda_wheels import FOLDER, UNPACKED, VERSION
from infra.package_error import PackageError
from infra.sql_files import packaged

# Zipped. Lambda takes no more than 50 MB, and what is unpacked at a cold start is waited for.
BUDGET_MB = 30
# Of customertrack, what a migration needs; the rest of it knows the embedded warehouse.
CUSTOMERTRACK = ("__init__.py", "errors.py", "migrations", "reads", "sqltext", "warehouse.py")
SOURCES = ("lambdas", *(f"customertrack/{name}" for name in CUSTOMERTRACK))
MB = 1_000_000


def lambda_code(root: Path, dimensions: Sequence[str], *, console: bool = False) -> aws_lambda.Code:
    """The code of the functions, from the checkout ``root``, with definitions and SQL of these dimensions alone.

    ``console``: with the files of the console in Snowflake. Its size is said on stderr. Raises PackageError.
    Equal sources and wheels have equal asset hashes, on every machine.
    """
    # Now and not when CDK asks for it: an error from there would come wrapped in several of CDK's own.
    made = package(root, dimensions, console=console)
    return aws_lambda.Code.from_asset(
        str(root / "lambdas"),
        asset_hash=content_hash(root, dimensions, console=console),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            # Never run, as what is bundled here is ready.
            image=DockerImage.from_registry("none"),
            local=_Bundling(made),
            output_type=BundlingOutput.ARCHIVED,
        ),
    )


def package(root: Path, dimensions: Sequence[str], *, console: bool = False) -> Path:
    """The package of the sources and wheels as they are, made if it has not been. Raises PackageError."""
    made = root / FOLDER / f"package-{content_hash(root, dimensions, console=console)[:16]}.zip"
    if not made.exists():
        # Whole or not at all, under a name of its own until then: another process may be making the same one.
        with TemporaryDirectory(dir=made.parent) as place:
            partial = Path(place, made.name)
            _write(root, _contents(root, dimensions, console), partial)
            for earlier in made.parent.glob("package-*.zip"):
                earlier.unlink(missing_ok=True)
            partial.replace(made)
    _check_size(made)
    return made


def sources(root: Path, dimensions: Sequence[str]) -> list[Path]:
    """The project's own files that go into the package."""
    given = [root / name for name in SOURCES]
    found = [path for path in given if path.is_file()] + list(files(*(path for path in given if path.is_dir())))
    code = (path for path in found if path.suffix == ".py")
    definitions = [root / "dimensions" / f"{name}.toml" for name in dimensions]
    return sorted([*code, *packaged(root / "sql", dimensions), *definitions])


def _contents(root: Path, dimensions: Sequence[str], console: bool) -> list[tuple[str, Path]]:
    """What goes into the package, beside the wheels, by its path there."""
    ours = {path.relative_to(root).as_posix(): path for path in sources(root, dimensions)}
    app = app_files(root, dimensions) if console else {}
    return sorted([*ours.items(), *((f"{FOLDER_OF_THE_APP}/{name}", path) for name, path in app.items())])


def content_hash(root: Path, dimensions: Sequence[str], *, console: bool = False) -> str:
    """Changes with every file that the package holds, and with nothing else. Raises PackageError."""
    digest = hashlib.sha256(VERSION.encode())
    try:
        with ZipFile(root / UNPACKED) as wheels:
            # Not the bytes of the zip file: another zlib would pack the same files otherwise.
            known = [(entry.filename, entry.CRC, entry.file_size) for entry in wheels.infolist()]
    except FileNotFoundError:
        raise PackageError(f"{UNPACKED} is not there: make synth (or deploy) fetches what the functions need") from None
    digest.update(repr(known).encode())
    for name, path in _contents(root, dimensions, console):
        digest.update(f"{name} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _write(root: Path, contents: Sequence[tuple[str, Path]], target: Path) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, path in contents:
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        shutil.copyfile(root / UNPACKED, target)
        with ZipFile(target, "a") as archive:
            add_folder(archive, folder)


def _check_size(made: Path) -> None:
    size = made.stat().st_size / MB
    print(f"Lambda package: {size:.1f} MB zipped, {BUDGET_MB} MB allowed", file=sys.stderr)
    if size > BUDGET_MB:
        raise PackageError(
            f"the Lambda package has {size:.1f} MB zipped and may have {BUDGET_MB}: leave out what the functions do "
            "not import (infra/lambda_wheels.py), or raise BUDGET_MB"
        )


@jsii.implements(ILocalBundling)
class _Bundling:
    """What CDK calls instead of Docker."""

    def __init__(self, made: Path) -> None:
        self._made = made

    def try_bundle(self, output_dir: str, *_options: Any, **_named: Any) -> bool:
        """Puts the package into the folder. The options come in one record, or, as CDK's interface has it, by name."""
        shutil.copyfile(self._made, Path(output_dir, "lambda.zip"))
        return True
