"""`make rehearse` as somebody types it, and thinks better of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_ctrl_c_is_answered_at_once_and_leaves_nothing(tmp_path: Path):
    command = [sys.executable, "-u", "-m", "tests.emulator.rehearse"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as rehearsal:
        assert rehearsal.stdout
        assert rehearsal.stderr
        begun = rehearsal.stdout.read(len("cdk bootstrap"))
        # As a terminal does, and as somebody does who is in a hurry.
        rehearsal.send_signal(signal.SIGINT)
        said = rehearsal.stderr.readline() + rehearsal.stderr.readline()
        rehearsal.send_signal(signal.SIGINT)
        said += rehearsal.stderr.read()
        code = rehearsal.wait()
    assert (begun, code) == ("cdk bootstrap", 130)
    assert "stopping what was started" in said
    assert said.endswith("rehearsal: interrupted; nothing is left of it\n")
    assert list(tmp_path.iterdir()) == []
