"""`python -m benchmarks.backlog`: many rows at once through the real path, beside reading and storing them.

Beside it: a history that DuckDB makes of them with no care at all (`benchmarks.bare`).
Each command runs in a process of its own, on files of several sizes.
"""

import json
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.__main__ import numbers
from benchmarks.one_process import Cost, cost
from benchmarks.report import table
from customertrack.errors import UserError

# About 300 MB, and about half of one.
FILE_ROWS = [2_750_000, 5_000]
FLOOR, BARE = "floor", "bare"
TO = (f"to {FLOOR}", f"to {BARE}")
COLUMNS = ("rows", "files", "MB a file", "process", "seconds", *TO, "CPU s", *TO, "peak MB")
# What CSV files, their copies in the landing folder, two databases and DuckDB's temporary files take at most.
ROOM_PER_ROW = 1_500


@dataclass(frozen=True)
class Backlog:
    """`rows` rows about `customers` customers in files of `file_rows` rows; `costs`: process -> what it took."""

    rows: int
    customers: int
    file_rows: int
    files: int
    bytes: int
    costs: dict[str, Cost]


def parser() -> ArgumentParser:
    """The command line."""
    made = ArgumentParser(prog="python -m benchmarks.backlog", description=__doc__)
    made.add_argument("--rows", type=int, default=1_000_000, help="default: 1000000")
    made.add_argument("--customers", type=int, default=100_000, help="default: 100000")
    made.add_argument(
        "--file-rows", type=numbers, default=FILE_ROWS, help="rows of a file, one run for each (default: 2750000,5000)"
    )
    made.add_argument("--memory-limit", metavar="SIZE", help="what ours may hold (default: its own)")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the figures")
    return made


def measured(arguments: Namespace, file_rows: int, folder: Path) -> Backlog:
    """Write a backlog below `folder` and apply it; raises UserError if a process fails."""
    files, ours = folder / "files", folder / "ours"
    sizes = {"--rows": arguments.rows, "--customers": arguments.customers, "--file-rows": file_rows}
    flags = [word for flag, size in sizes.items() for word in (flag, str(size))]
    cost("benchmarks.backlog_files", *flags, "--folder", str(files))
    written = list(files.iterdir())
    size = sum(file.stat().st_size for file in written)
    costs = {process: _stored(process, files, folder) for process in (FLOOR, BARE)}
    limit = ["--memory-limit", arguments.memory_limit] if arguments.memory_limit else []
    for words in (["ingest", str(files)], ["status"], ["history", "1"], ["verify"]):
        print(f"  {words[0]}", file=sys.stderr)
        costs[words[0]] = cost("customertrack", *words, "--home", str(ours), *limit)
    return Backlog(arguments.rows, arguments.customers, file_rows, len(written), size, costs)


def _stored(process: str, files: Path, folder: Path) -> Cost:
    """What it takes to store the rows, or a history of them; nothing is left of it."""
    print(f"  {process}", file=sys.stderr)
    with TemporaryDirectory(dir=folder) as home:
        return cost(f"benchmarks.{process}", str(files), home)


def shown(backlogs: list[Backlog]) -> str:
    """A table with a row for each process."""
    rows = [
        (
            f"{backlog.rows:,}",
            f"{backlog.files:,}",
            f"{backlog.bytes / backlog.files / 1e6:.1f}",
            process,
            f"{spent.seconds:.1f}",
            *(f"{spent.seconds / backlog.costs[other].seconds:.1f}" for other in (FLOOR, BARE)),
            f"{spent.cpu_seconds:.1f}",
            *(f"{spent.cpu_seconds / backlog.costs[other].cpu_seconds:.1f}" for other in (FLOOR, BARE)),
            f"{spent.peak_rss_bytes / 2**20:,.0f}",
        )
        for backlog in backlogs
        for process, spent in backlog.costs.items()
    ]
    return table("A backlog, each process by itself", [COLUMNS, *rows])


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    arguments = parser().parse_args(argv)
    backlogs = []
    try:
        for file_rows in arguments.file_rows:
            print(f"{arguments.rows:,} rows, {file_rows:,} a file", file=sys.stderr)
            with TemporaryDirectory(prefix="backlog-") as folder:
                _check_room(Path(folder), arguments.rows)
                backlogs.append(measured(arguments, file_rows, Path(folder)))
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped: nothing was kept.", file=sys.stderr)
        return 1
    print(shown(backlogs))
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(backlog) for backlog in backlogs], indent=1))
    return 0


def _check_room(folder: Path, rows: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < rows * ROOM_PER_ROW:
        raise UserError(
            f"{folder.parent} has {free / 1e9:.0f} GB left, and {rows:,} rows may take "
            f"{rows * ROOM_PER_ROW / 1e9:.0f}: ask for fewer --rows, or set TMPDIR to another folder."
        )


if __name__ == "__main__":
    sys.exit(main())
