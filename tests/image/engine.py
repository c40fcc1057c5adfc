"""What builds and runs an image on this machine: Docker, or podman as root.

``python -m tests.image.engine`` names it, or says in a sentence why there is none and exits with 1.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tests.image import base

TOOLS = ("buildah", "podman", "runc", "mmdebstrap")
# The limits that a container may set for itself here, lower than those of the machine.
LIMITS = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")


class NoEngineError(Exception):
    """This machine can neither build nor run an image; the message says why and what to do."""


class Engine(Protocol):
    """Builds and runs images."""

    def build(self, context: Path, dockerfile: Path, tag: str, secrets: Mapping[str, Path], *options: str) -> None:
        """Builds an image. Raises subprocess.CalledProcessError."""
        ...

    def run(self, tag: str, options: Sequence[str], arguments: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Runs a container to its end, in the network of the machine, and removes it."""
        ...

    def remove(self, tag: str) -> None:
        """Takes an image away, if it would outlive the engine."""
        ...


class Docker:
    """Docker with a running engine; it fetches the base image that the Dockerfile names."""

    def build(self, context: Path, dockerfile: Path, tag: str, secrets: Mapping[str, Path], *options: str) -> None:
        """See Engine."""
        named = ["--file", str(dockerfile), "--tag", tag]
        command = ["docker", "build", *named, *_secrets(secrets), *options, str(context)]
        subprocess.run(command, check=True, env=os.environ | {"DOCKER_BUILDKIT": "1"})

    def run(self, tag: str, options: Sequence[str], arguments: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """See Engine."""
        return _told(["docker", "run", "--rm", "--pull=never", "--network=host", *options, tag, *arguments])

    def remove(self, tag: str) -> None:
        """See Engine."""
        subprocess.run(["docker", "image", "rm", "--force", tag], check=True, stdout=subprocess.DEVNULL)


class Podman:
    """buildah and podman with storage of their own, on a base that is a stand-in for the official one."""

    def __init__(self, folder: Path) -> None:
        storage = folder / "storage.conf"
        storage.write_text(
            f'[storage]\ndriver = "{_driver(folder)}"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/graph"\n'
        )
        self._environ = os.environ | {"CONTAINERS_STORAGE_CONF": str(storage)}
        change = ["--change", "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        self._do("podman", "import", "--quiet", *change, str(base.tarball()), base.NAME)

    def build(self, context: Path, dockerfile: Path, tag: str, secrets: Mapping[str, Path], *options: str) -> None:
        """See Engine."""
        # Layers kept would fill the disk where vfs copies every one of them whole.
        fixed = ["--pull-never", "--layers=false", "--isolation", "chroot", "--file", str(dockerfile), "--tag", tag]
        self._do("buildah", "build", *fixed, *_secrets(secrets), *options, str(context))

    def run(self, tag: str, options: Sequence[str], arguments: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """See Engine."""
        # crun fails on the limits. Without this option podman lays writable folders over a read-only root.
        fixed = ["--rm", "--pull=never", "--network=host", "--read-only-tmpfs=false", *LIMITS]
        runc = shutil.which("runc") or "runc"
        return _told(["podman", "--runtime", runc, "run", *fixed, *options, tag, *arguments], self._environ)

    def remove(self, tag: str) -> None:
        """See Engine. All that is stored goes with the folder."""

    def _do(self, *command: str) -> None:
        subprocess.run(command, check=True, env=self._environ, stdout=sys.stderr)


def kind() -> str:
    """``docker`` or ``podman``. Raises NoEngineError."""
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        return "docker"
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoEngineError("no image can be built here: start Docker, or be root on Debian or Ubuntu")
    if missing:
        raise NoEngineError(f"no image can be built here: start Docker, or apt-get install {' '.join(missing)}")
    return "podman"


@contextmanager
def opened() -> Iterator[Engine]:
    """The machine's engine; what it stored is gone afterwards. Raises NoEngineError."""
    if kind() == "docker":
        yield Docker()
        return
    with TemporaryDirectory(prefix="customertrack-image-") as folder:
        yield Podman(Path(folder))


def _driver(folder: Path) -> str:
    """How layers are stored: overlay where the kernel lays folders over each other in ``folder``, else copies."""
    layers = [folder / name for name in ("lower", "upper", "work", "merged")]
    for layer in layers:
        layer.mkdir()
    lower, upper, work, merged = map(str, layers)
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    tried = subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o", options, merged], capture_output=True, check=False
    )
    if tried.returncode != 0:
        return "vfs"
    subprocess.run(["umount", merged], check=True)
    return "overlay"


def _secrets(secrets: Mapping[str, Path]) -> list[str]:
    return [word for name, path in secrets.items() for word in ("--secret", f"id={name},src={path}")]


def _told(command: list[str], environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=300)


if __name__ == "__main__":
    try:
        print(f"images are built and run by {kind()}")
    except NoEngineError as error:
        sys.exit(str(error))
