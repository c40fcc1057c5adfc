"""An emulated AWS, MiniStack, on a free port of this machine: started, waited for, stopped."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.emulator.processes import background

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-emulator/bin/python"
_HERE = Path(__file__).parent
# Seconds until it answers, on a busy machine.
_PATIENCE = 60


class EmulatorError(Exception):
    """The emulator, or what was asked of it, failed; the message says what to look at."""


@dataclass(frozen=True)
class Certificate:
    """The paths of a TLS certificate and its key, PEM; the certificate is its own authority."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Options:
    """How the emulator runs.

    `enforce_iam`: policies are obeyed, as on AWS. `certificate`: it speaks TLS. `snowflake`: the folder of the account
    that functions sign in to (see account.py).
    """

    enforce_iam: bool = False
    certificate: Certificate | None = None
    snowflake: Path | None = None


@dataclass(frozen=True)
class MiniStack:
    """A running emulator. `folder` has its log and the tasks that its schedules have started."""

    port: int
    folder: Path
    options: Options

    @property
    def url(self) -> str:
        """Its address. A bucket is a host name below it, which 127.0.0.1 cannot have."""
        return f"{'https' if self.options.certificate else 'http'}://localhost:{self.port}"

    @property
    def log(self) -> Path:
        """What it and the functions in it have said."""
        return self.folder / "ministack.log"

    @property
    def tasks(self) -> Path:
        """Where a file appears for each task that a schedule starts."""
        return self.folder / "tasks"

    @property
    def clock(self) -> Path:
        """By how many seconds the clock of schedules is ahead."""
        return self.folder / "clock"

    def advance(self, seconds: float) -> None:
        """Put the clock of schedules forward: what is due by then fires within a second."""
        _write(self.clock, str(float(self.clock.read_text()) + seconds))

    def environment(self, account: str = ACCOUNT) -> dict[str, str]:
        """The environment of a program that takes the emulator for AWS, as the root of `account`.

        It knows nothing of the AWS settings of the person at the machine.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        kept |= {
            "PATH": f"{_tools()}{os.pathsep}{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            # What a program that is stopped leaves behind goes with the folder.
            "TMPDIR": str(self.folder / "tmp"),
            "NO_PROXY": "localhost,.localhost,127.0.0.1",
            "no_proxy": "localhost,.localhost,127.0.0.1",
        }
        if self.options.certificate:
            authority = str(self.options.certificate.certificate)
            kept |= {"AWS_CA_BUNDLE": authority, "NODE_EXTRA_CA_CERTS": authority}
        return kept


@contextmanager
def ministack(folder: Path, options: Options | None = None) -> Iterator[MiniStack]:
    """An emulator whose files are in `folder` (made if it is not there). Raises EmulatorError if it does not start."""
    if not PYTHON.exists():
        raise EmulatorError(
            "The emulator is not installed: type make .venv-emulator/.made, then the same command again"
        )
    emulator = MiniStack(_free_port(), folder, options or Options())
    emulator.tasks.mkdir(parents=True, exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    _write(emulator.clock, "0")
    # -P: this module must not be found where the launcher looks for MiniStack's.
    command = [str(PYTHON), "-P", str(_HERE / "launcher.py")]
    with background(command, env=_environment(emulator), folder=folder, log=emulator.log) as process:
        _wait_until_healthy(emulator, process)
        yield emulator


def _environment(emulator: MiniStack) -> dict[str, str]:
    """The emulator's own; its functions inherit it."""
    options = emulator.options
    environment = emulator.environment() | {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(emulator.port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "LAMBDA_EXECUTOR": "local",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": str(options.enforce_iam).lower(),
        "STATE_DIR": str(emulator.folder / "tmp"),
        "PYTHONPATH": str(_HERE / "stand_in"),
        "PYTHONUNBUFFERED": "1",
        "EMULATOR_TASKS": str(emulator.tasks),
        "EMULATOR_CLOCK": str(emulator.clock),
    }
    if options.snowflake:
        environment["CUSTOMERTRACK_STAND_IN_ACCOUNT"] = str(options.snowflake)
    if options.certificate:
        environment |= {
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(options.certificate.certificate),
            "MINISTACK_SSL_KEY": str(options.certificate.key),
        }
    return environment


def _tools() -> Path:
    """The folder with CDK's python, and node, which its functions need too: that of .venv, if the caller's has none."""
    own = Path(sys.executable).parent
    return own if (own / "node").exists() else ROOT / ".venv/bin"


def _write(file: Path, text: str) -> None:
    """Whole or not at all, for a reader at any moment."""
    partial = file.with_suffix(".part")
    partial.write_text(text)
    partial.replace(file)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(emulator: MiniStack, process: "subprocess.Popen[str]") -> None:
    ends = time.monotonic() + _PATIENCE
    while not _healthy(emulator):
        if process.poll() is not None or time.monotonic() > ends:
            said = emulator.log.read_text(errors="replace")[-2000:]
            raise EmulatorError(f"The emulator did not start (its log: {emulator.log}):\n{said}")
        time.sleep(0.1)


def _healthy(emulator: MiniStack) -> bool:
    context = None
    if emulator.options.certificate:
        context = ssl.create_default_context(cafile=str(emulator.options.certificate.certificate))
    # Not by way of a proxy, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(f"{emulator.url}/_ministack/health", timeout=2) as answer:
            return "services" in json.load(answer)
    except OSError:
        return False
