"""What the functions need of PyPI, for their machine and Python: fetched and stripped once, at set-up.

``python -m infra.lambda_wheels`` (make does it) writes .wheels/lambda/: the wheels, and what they hold in one zip file,
from which ``infra.lambda_package`` starts, so that synth needs no network.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from infra.archive import add_folder
from infra.package_error import PackageError

ROOT = Path(__file__).parents[1]
VERSION = "3.14"
LOCK = Path("requirements/lambda.txt")
FOLDER = Path(".wheels/lambda")
UNPACKED = FOLDER / "wheels.zip"

# The runtime has boto3 and what only boto3 needs, and keeps them patched. It has urllib3 too, but not requests, which
# is locked together with ours.
RUNTIME_BRINGS = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six"})
# Lambda's Amazon Linux 2023 has glibc 2.34. Wheels that are made for less run on it.
PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_28_aarch64")
TARGET = {
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "python_version": VERSION,
    "python_full_version": f"{VERSION}.0",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "aarch64",
    "os_name": "posix",
    "extra": "",
}

# Sources of the extension modules, stubs for editors, bills of materials; and a list of files and hashes that is no
# longer right without them. Licences stay.
NOT_RUN = frozenset({".c", ".cpp", ".h", ".hpp", ".pxd", ".pyi", ".pyx"})


def wanted(lock: str) -> dict[str, str]:
    """The entries of a lock file, hashes and all, that the functions carry: by the project's name, without markers."""
    found = {}
    for entry in re.split(r"^(?=[^\s#])", lock, flags=re.MULTILINE)[1:]:
        pin, _, hashes = entry.partition("\\")
        requirement = Requirement(pin.strip())
        name = canonicalize_name(requirement.name)
        # pip would ask its own Python, not the functions', whether a marker holds.
        if name not in RUNTIME_BRINGS and (requirement.marker is None or requirement.marker.evaluate(TARGET)):
            found[name] = f"{requirement.name}{requirement.specifier} \\{hashes}"
    return found


def fetch(entries: dict[str, str], folder: Path) -> None:
    """Downloads the wheels into ``folder``. Raises PackageError if one does not exist or is not the one locked."""
    with TemporaryDirectory() as place:
        asked = Path(place, "wanted.txt")
        asked.write_text("".join(entries.values()))
        options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps"]
        options += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", VERSION]
        options += [word for platform in PLATFORMS for word in ("--platform", platform)]
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            *options,
            "--dest",
            str(folder),
            "--requirement",
            str(asked),
        ]
        if subprocess.run(command, check=False).returncode != 0:
            raise PackageError(
                f"the wheels of {LOCK} for ARM64 and Python {VERSION} were not fetched, and pip says why above: "
                "check the network, or lock versions that have such wheels"
            )
    fetched = {str(parse_wheel_filename(path.name)[0]) for path in folder.glob("*.whl")}
    if fetched != set(entries):
        raise PackageError(f"{LOCK} and what pip fetched differ in {sorted(fetched ^ set(entries))}: make lock")


def carried(name: str) -> bool:
    """Whether a file of a wheel is of use in a function."""
    path = Path(name)
    metadata = path.parts[0].endswith(".dist-info")
    if metadata and (path.name == "RECORD" or "sboms" in path.parts):
        return False
    return path.suffix not in NOT_RUN and "tests" not in path.parts


def pack(wheels: Iterable[Path], archive: Path) -> None:
    """Unpacks the wheels together and puts all into one zip file, there whole or not at all."""
    with TemporaryDirectory() as place:
        unpacked = Path(place)
        for wheel in wheels:
            with ZipFile(wheel) as content:
                content.extractall(unpacked, [name for name in content.namelist() if carried(name)])
        partial = archive.with_suffix(".part")
        with ZipFile(partial, "w") as packed:
            add_folder(packed, unpacked)
        partial.replace(archive)


def main() -> int:
    """Fetches and packs; returns the exit code."""
    shutil.rmtree(ROOT / FOLDER, ignore_errors=True)
    (ROOT / FOLDER).mkdir(parents=True)
    try:
        fetch(wanted((ROOT / LOCK).read_text()), ROOT / FOLDER)
        pack(sorted((ROOT / FOLDER).glob("*.whl")), ROOT / UNPACKED)
    except PackageError as error:
        print(f"customertrack: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
