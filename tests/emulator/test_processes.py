"""Nothing that the harness starts is left behind, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.emulator.ministack import ROOT, EmulatorError, MiniStack, Options, ministack
from tests.emulator.processes import TookTooLongError, background, run

# Starts a child that ignores SIGTERM, says its id, and waits for it.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"])
print(child.pid, flush=True)
child.wait()
"""
# Starts the emulator, says its port, and waits. What a shell starts in the background ignores Ctrl-C; this does not.
HOST = """
import signal, sys, time
from pathlib import Path
from tests.emulator.ministack import ministack
signal.signal(signal.SIGINT, signal.default_int_handler)
with ministack(Path(sys.argv[1])) as emulator:
    print(emulator.port, flush=True)
    time.sleep(60)
"""


def is_alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        if Path("/proc/self").exists():
            # A zombie counts as gone: it only waits for a parent to ask.
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        os.kill(process, 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def comes_true(condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 20
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def test_a_program_that_takes_too_long_is_stopped_with_what_it_started(tmp_path: Path):
    with pytest.raises(TookTooLongError, match="stopped after 3 s") as stopped:
        run([sys.executable, "-c", PARENT], env=os.environ, folder=tmp_path, seconds=3)
    child = int(str(stopped.value).splitlines()[-1])
    assert comes_true(lambda: not is_alive(child))


def test_what_a_program_leaves_behind_is_in_the_folder_of_the_emulator(tmp_path: Path):
    (tmp_path / "tmp").mkdir()
    environment = MiniStack(0, tmp_path, Options()).environment()
    for command in (
        [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())"],
        ["node", "-p", "fs.mkdtempSync(os.tmpdir() + path.sep)"],
    ):
        made = Path(run(command, env=environment, folder=tmp_path, seconds=20).output.strip())
        assert made.parent == tmp_path / "tmp"


def test_a_background_program_ends_with_its_block(tmp_path: Path):
    log = tmp_path / "log"
    with background([sys.executable, "-c", PARENT], env=os.environ, folder=tmp_path, log=log) as process:
        assert comes_true(lambda: log.read_text().strip().isdecimal())
    child = int(log.read_text())
    assert process.poll() is not None
    assert comes_true(lambda: not is_alive(child))


@pytest.mark.parametrize("means", [signal.SIGINT, signal.SIGKILL])
def test_the_emulator_ends_with_the_one_who_started_it(tmp_path: Path, means: signal.Signals):
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with host:
        try:
            assert host.stdout
            port = int(host.stdout.readline())
            assert answers(port)
            host.send_signal(means)
            assert comes_true(lambda: not answers(port))
        finally:
            host.kill()


def test_an_emulator_that_is_not_installed_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.emulator.ministack.PYTHON", tmp_path / "python")
    with pytest.raises(EmulatorError, match="type make"), ministack(tmp_path):
        pass


def test_an_emulator_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # This environment has no MiniStack.
    monkeypatch.setattr("tests.emulator.ministack.PYTHON", Path(sys.executable))
    with pytest.raises(EmulatorError, match=r"No module named 'ministack'"), ministack(tmp_path):
        pass
