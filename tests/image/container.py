"""A container of the image, as locked in as Fargate is asked to have it."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.image.engine import Engine

LANDING = "/landing"
LOCKED_IN = ("--read-only", "--cap-drop=all", "--security-opt=no-new-privileges")


@dataclass(frozen=True)
class Image:
    """An image that was built here."""

    engine: Engine
    tag: str

    def run(
        self,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        landing: Path | None = None,
        entrypoint: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Runs it to its end: without a root to write to, without capabilities, as the user whom the image names.

        ``landing``: a folder of this machine that is its LANDING; ``entrypoint``: another program than the image's.
        """
        options = [*LOCKED_IN]
        for name, value in (environ or {}).items():
            options += ["--env", f"{name}={value}"]
        if landing is not None:
            options += ["--volume", f"{landing}:{LANDING}"]
        if entrypoint is not None:
            options += ["--entrypoint", entrypoint]
        return self.engine.run(self.tag, options, arguments)
