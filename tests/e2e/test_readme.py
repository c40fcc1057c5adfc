"""The README's commands do what it shows: each is typed, on a terminal of 80 columns, in a folder of its own."""

import os
import pty
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXIT_CODE = "echo $?"
PROGRAM = Path(sys.executable).with_name("customertrack")

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHOWN_FILE = re.compile(r"^```csv (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# How long something took is not the same twice.
_TOOK = re.compile(r"\b\d+\.\d+ (s|seconds)\b")


@dataclass(frozen=True)
class Step:
    """A command of the README, and what it shows below it. One that fails is followed by `echo $?`."""

    command: str
    shown: str


def steps(block: str) -> list[Step]:
    """The commands of one block, in order."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    return [Step(*part.partition("\n")[::2]) for part in parts if part]


class Shell:
    """Types commands in a folder that has the README's files. `code` is the exit code of the last one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.code = 0
        shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
        self._environ = {
            "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "COLUMNS": "80",
        }

    def type(self, command: str) -> str:
        """What the command shows. Results go to a terminal, what is said besides to a log."""
        if command == EXIT_CODE:
            code, self.code = self.code, 0
            return f"{code}\n"
        outer, inner = pty.openpty()
        lines: list[bytes] = []
        reader = Thread(target=_read, args=(outer, lines))
        reader.start()
        ran = subprocess.run(
            # What `make run` does once the set-up is there; a test must not set up another one.
            ["/bin/sh", "-c", re.sub(r"^make run\b", "customertrack run", command)],
            cwd=self._folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=inner,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(inner)
        reader.join()
        os.close(outer)
        self.code = ran.returncode
        return _plain(b"".join(lines)) + _plain(ran.stderr)


def _read(terminal: int, into: list[bytes]) -> None:
    while True:
        try:
            some = os.read(terminal, 65536)
        except OSError:  # on Linux that is how a terminal ends
            return
        if not some:
            return
        into.append(some)


def _plain(written: bytes) -> str:
    text = written.decode().replace("\r\n", "\n")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def comparable(text: str) -> str:
    """The text without what differs from run to run, and with the program called by its name alone."""
    return _TOOK.sub(r"# \1", text).replace(".venv/bin/customertrack", "customertrack")


def matches(shown: str, written: str) -> bool:
    """Whether a program wrote what is shown; a line of three dots stands for any number of lines."""
    parts = ["(?:.*\n)*" if line == "..." else re.escape(f"{line}\n") for line in comparable(shown).splitlines()]
    return re.fullmatch("".join(parts), comparable(written)) is not None


def test_commands_of_the_readme_do_what_it_shows(tmp_path: Path) -> None:
    blocks = [steps(block) for block in _BLOCK.findall(README)]
    told = {step.command for block in blocks for step in block}
    assert {"make run", "customertrack --home demo history 7", "customertrack --home demo verify"} <= told
    shell = Shell(tmp_path)
    for block in blocks:
        for step, following in zip(block, [*block[1:], None], strict=True):
            written = shell.type(step.command)
            assert matches(step.shown, written), f"$ {step.command}\n{written}"
            if following is None or following.command != EXIT_CODE:
                assert shell.code == 0, f"$ {step.command}: exit code {shell.code}"


def test_files_shown_are_the_files_that_are_there() -> None:
    shown = dict(_SHOWN_FILE.findall(README))
    assert set(shown) == {"monday.csv", "tuesday.csv", "wrong.csv", "orders.csv"}
    for name, text in shown.items():
        assert (ROOT / "docs" / "examples" / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("shown", "written", "same"),
    [
        ("a\n...\nc\n", "a\nb\nb\nc\n", True),
        ("a\n...\nc\n", "a\nc\n", True),
        ("...\nc\n", "a\nb\n", False),
        ("2 rows; 0.16 s\n", "2 rows; 1.23 s\n", True),
        ("2 rows; 0.16 s\n", "3 rows; 0.16 s\n", False),
        ("a\n", "a\nb\n", False),
    ],
)
def test_comparison_tells_what_differs(shown: str, written: str, same: bool) -> None:
    assert matches(shown, written) is same
