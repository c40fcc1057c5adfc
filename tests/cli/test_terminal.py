"""On a terminal: a live picture, and a result that fits. The terminal is a pseudo-terminal of 80 by 24."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

from tests.cli.program import MODULE, ROOT, Program

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(program: Program, *words: object, **environment: str) -> tuple[int, str]:
    """The exit code, and everything that was written to the terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [*MODULE, "--home", str(program.home), *map(str, words)]
    unset = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    environment = {**inherited, "TERM": "xterm", **environment}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = b""
        while part := read(ours):
            written += part
    os.close(ours)
    return process.returncode, written.decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    """Nothing at the end, which Linux tells by an error."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


def test_a_run_is_a_picture_that_moves_and_then_a_summary(program: Program):
    code, written = on_a_terminal(program, "run", "--batches", 4, "--customers", 300, "--malformed", 0.1)
    assert code == 0
    assert COLOUR.search(written)
    plain = ESCAPE.sub("", written)
    for stage in ("landed", "ingested", "applied", "rejected", "rows/s", "of 4", "batch 2 of 4"):
        assert stage in plain
    assert "11 of 11 hold" in plain
    # The cursor is hidden while the picture moves, and shown at the end.
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


def test_no_colour_is_respected(program: Program):
    code, written = on_a_terminal(program, "run", "--batches", 2, "--customers", 100, NO_COLOR="1")
    assert code == 0
    codes = {number for found in COLOUR.findall(written) for number in found[2:-1].split(";")}
    assert not any(number.startswith(("3", "4", "9")) for number in codes if len(number) > 1)


def test_a_dumb_terminal_gets_lines(program: Program):
    code, written = on_a_terminal(program, "run", "--batches", 2, "--customers", 100, TERM="dumb")
    assert code == 0
    assert not ESCAPE.search(written)
    assert "batch 2 of 2: " in written


def test_a_result_that_is_too_wide_is_one_line_per_value(after_a_run: Program):
    _, written = on_a_terminal(after_a_run, "query", "SELECT * FROM customer_history ORDER BY customer_id LIMIT 2")
    assert written.count("-- row ") == 2
    assert len(re.findall(r"^first_name   ", written, re.M)) == 2
    _, written = on_a_terminal(after_a_run, "query", "SELECT customer_id, state FROM customer LIMIT 2")
    assert "-- row " not in written


def test_a_history_for_people(program: Program, tmp_path: Path):
    (tmp_path / "ann.csv").write_text(
        "customer_id,first_name,city,op,updated_at\n"
        "1,Ann,Łódź,I,2026-01-01 00:05:00\n1,Anna,Łódź,U,2026-01-01 00:10:00\n"
        "1,,,D,2026-01-01 00:15:00\n1,Anna,,U,2026-01-01 00:20:00\n1,,,D,2026-01-01 00:30:00\n"
    )
    (tmp_path / "late.csv").write_text("customer_id,first_name,city,updated_at\n1,Eve,Łódź,2026-01-01 00:07:00\n")
    program.done("ingest", tmp_path / "ann.csv", tmp_path / "late.csv", "--each")
    code, written = on_a_terminal(program, "history", 1)
    assert code == 0
    lines = [re.split(r" {2,}", line.strip()) for line in ESCAPE.sub("", written).splitlines()]
    assert lines == [
        ["valid_from", "valid_to", "what was true"],
        ["2026-01-01 00:05:00", "2026-01-01 00:07:00", "Ann, Łódź"],
        ["2026-01-01 00:07:00", "2026-01-01 00:10:00", "first_name: Eve", "(arrived late)"],
        ["2026-01-01 00:10:00", "2026-01-01 00:15:00", "first_name: Anna"],
        ["2026-01-01 00:15:00", "2026-01-01 00:20:00", "deleted"],
        ["2026-01-01 00:20:00", "2026-01-01 00:30:00", "Anna"],
        ["2026-01-01 00:30:00", "deleted"],
    ]


def test_rejects_for_people(program: Program, tmp_path: Path):
    (tmp_path / "bad.csv").write_text(f"customer_id,first_name,updated_at\nx,{'Ann ' * 50},2026-01-01\n,,\n")
    program.done("ingest", tmp_path / "bad.csv")
    _, written = on_a_terminal(program, "rejects")
    first, values, second, nothing = written.splitlines()
    assert first == "bad.csv, row 1: invalid_key"
    assert values.startswith("  customer_id x, first_name Ann Ann")
    assert len(values) <= 80
    assert values.endswith("...")
    assert second == "bad.csv, row 2: missing_key, missing_updated_at"
    assert nothing == "  no value"


def test_ingest_shows_what_it_does(program: Program, tmp_path: Path):
    (tmp_path / "[one].csv").write_text("customer_id,updated_at\n1,2026-01-01\n")
    code, written = on_a_terminal(program, "ingest", tmp_path / "[one].csv")
    assert code == 0
    plain = ESCAPE.sub("", written)
    assert "[one].csv: 1 row\n" in plain
    assert "1 row = 1 event + 0 rejects" in plain
    # All of it went to stderr; elsewhere than on a terminal nothing moves.
    other = Program(program.home).start("ingest", tmp_path / "[one].csv")
    assert not ESCAPE.search("".join(other.communicate()))
