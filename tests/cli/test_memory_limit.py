"""How much memory a home's warehouse may hold."""

import subprocess
import sys
from pathlib import Path

import pytest

from customertrack.local import memory_limit
from tests.cli.program import MODULE, ROOT, Program

MIB = 1 << 20
SIZES = {"128MB": 128, "512M": 512, "1.5GB": 1536, "2 GiB": 2048, "3g": 3072, "1TB": 1 << 20}
# A process begins with the peak of the one that starts it (getrusage(2)), so a small one starts the command.
_SMALL = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(used.ru_maxrss)
sys.exit(process.returncode)
"""
NO_SIZES = ["", "1", "GB", "-1GB", "1 PB", "1,5GB", "127MB", "1e9", "0.1K", "²GB", "nan GB"]


@pytest.mark.parametrize("written", SIZES)
def test_a_size(written: str):
    assert memory_limit.parse(written) == SIZES[written] * MIB


@pytest.mark.parametrize("written", NO_SIZES)
def test_what_is_no_size_is_wrong_usage(nowhere: Program, written: str):
    ran = nowhere("status", "--memory-limit", written)
    assert ran.code == 2
    assert "memory" in ran.err
    assert not nowhere.home.exists()


def test_the_default_is_half_of_what_there_is_and_a_gb_and_a_half_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    container = tmp_path / "memory.max"
    monkeypatch.setattr(memory_limit, "_OF_CONTAINER", (container, tmp_path / "nowhere"))
    container.write_text("max\n")
    assert 128 * MIB <= memory_limit.default_limit() <= 1536 * MIB
    container.write_text(f"{1024 * MIB}\n")
    assert memory_limit.default_limit() == 512 * MIB


def test_it_is_said_in_status(program: Program):
    assert "300 MB at most" in program.done("status", "--memory-limit", "300MB").out
    assert "1.5 GB at most" in program.done("--memory-limit", "1.5GB", "status").out


def test_a_statement_that_needs_more_says_so(program: Program):
    digits = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
    many = ", ".join(f"{digits} AS {name} (digit)" for name in "abcd")
    ran = program("--memory-limit", "128MB", "query", f"SELECT LENGTH(LISTAGG(REPEAT('x', 40000), ',')) FROM {many}")
    assert (ran.code, ran.out) == (1, "")
    assert "The memory limit is reached" in ran.err
    assert ran.err.endswith("raise it with --memory-limit.\n")
    assert "SET " not in ran.err


def test_reading_commands_of_many_versions_do_within_it(program: Program, tmp_path: Path):
    """What is longer than the limit comes part by part, and what is sorted is sorted on disk."""
    rows = (
        f"{n % 4},{'First' * 20},{'street' * 60}{n},{2000 + n // 10**5},2026-01-01 {n // 3600}:{n // 60 % 60}:{n % 60}"
        for n in range(80_000)
    )
    (tmp_path / "a.csv").write_text("\n".join(["customer_id,first_name,street,city,updated_at", *rows, ""]))
    program.done("ingest", tmp_path / "a.csv", "--memory-limit", "1GB")
    for words in (
        ["history", "3", "--format", "csv"],
        ["as-of", "2026-01-01 12:00", "--known", "2100-01-01"],
        ["query", "SELECT * FROM customer_history ORDER BY street DESC", "--format", "csv"],
        ["verify"],
        ["status"],
    ):
        assert program("--memory-limit", "128MB", *words).code == 0


def test_a_file_larger_than_the_limit_is_loaded_within_it(program: Program, tmp_path: Path):
    rows = (
        f"{number},First{number},Last{number},{number}@example.org,{'street' * 20},U,2026-01-01"
        for number in range(400_000)
    )
    header = "customer_id,first_name,last_name,email,street,op,updated_at"
    (tmp_path / "large.csv").write_text("\n".join([header, *rows, ""]))
    idle = _peak(program, "status")
    # What is above an idle command is the warehouse: its limit, and as much again for what DuckDB holds outside of it.
    assert _peak(program, "ingest", str(tmp_path / "large.csv")) - idle <= 2 * 128 * MIB
    assert program.done("query", "SELECT COUNT(*) AS n FROM customer", "--format", "csv").out == "n\n400000\n"


def _peak(program: Program, *words: str) -> int:
    """The most bytes that the command held under a limit of 128 MB."""
    command = [*MODULE, "--home", str(program.home), "--memory-limit", "128MB", *words]
    ran = subprocess.run([sys.executable, "-c", _SMALL, *command], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(ran.stdout) * (1 if sys.platform == "darwin" else 1024)
