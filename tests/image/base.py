"""A stand-in for the image that generator/Dockerfile begins with, where no registry of images is reached: Debian trixie
and its Python 3.13, by mmdebstrap, from the mirror that the machine's own apt uses."""

import hashlib
import os
import subprocess
from pathlib import Path

NAME = "public.ecr.aws/docker/library/python:3.13-slim"
RECIPE = (
    "--variant=minbase",
    "--include=python3,python3-pip",
    # As in the official image: the command is called python, and pip may install into the system.
    '--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
    '--customize-hook=rm "$1"/usr/lib/python3*/EXTERNALLY-MANAGED',
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
)
SUITE = "trixie"


def tarball() -> Path:
    """The base as a tar file, made once per recipe and kept in the user's cache. Raises CalledProcessError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "customertrack"
    made = cache / f"base-{hashlib.sha256(repr((SUITE, RECIPE)).encode()).hexdigest()[:12]}.tar"
    if not made.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = made.with_suffix(f".{os.getpid()}.part.tar")
        try:
            mirror = _mirror()
            command = ["mmdebstrap", "--quiet", *RECIPE, SUITE, str(partial), *([mirror] if mirror else [])]
            subprocess.run(command, check=True)
            partial.replace(made)
        finally:
            partial.unlink(missing_ok=True)
    return made


def _mirror() -> str | None:
    """The mirror of Debian that apt uses; None on another distribution: mmdebstrap knows the usual one."""
    wanted = ["--format", "$(SITE)", "Created-By: Packages", "Origin: Debian"]
    told = subprocess.run(["apt-get", "indextargets", *wanted], capture_output=True, text=True, check=True)
    return next(iter(told.stdout.splitlines()), None)
