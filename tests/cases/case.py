"""The worked cases: files of rows, and the history they make whatever the order they come in.

scd_cases.json was collected from other tools' tests and bugs, semantics_cases.json goes through what the semantics
promise. Both have one format.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.csv_text import csv_text

_FOLDER = Path(__file__).parent
_ALL = ["customer_id", "first_name", "last_name", "op", "updated_at"]

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """`files`: rows, in the order of the files' names, which decides ties. `history`: columns to compare, by row."""

    id: str
    title: str
    files: list[list[Row]]
    history: list[Row]

    @property
    def customer(self) -> list[Row]:
        """The open versions, as customer has them."""
        return [
            {
                **{column: value for column, value in row.items() if not column.startswith("valid_")},
                "update_timestamp": row["valid_from"],
            }
            for row in self.history
            if row["valid_to"] == "9999-12-31 00:00:00"
        ]

    def write(self, folder: Path, suffix: str = "") -> list[Path]:
        """The files as CSV, named in the given order. Of those without rows every second one has no header either."""
        paths = []
        for at, rows in enumerate(self.files, 1):
            path = folder / f"{at:02}{suffix}.csv"
            columns = [column for column in _ALL if not rows or column in rows[0]]
            path.write_text("" if not rows and at % 2 else csv_text(columns, rows), encoding="utf-8", newline="")
            paths.append(path)
        return paths


def _load(name: str) -> dict[str, Case]:
    return {case["id"]: Case(**case) for case in json.loads((_FOLDER / name).read_text(encoding="utf-8"))}


CASES = _load("scd_cases.json") | _load("semantics_cases.json")
_KEYS_OF_A_CASE = 1000


def _together() -> Case:
    """All cases as one: the first file has the rows of each one's first file, and so on, and no two share a key."""
    files: list[list[Row]] = []
    history: list[Row] = []
    for at, case in enumerate(CASES.values()):
        files += [[] for _ in range(len(case.files) - len(files))]
        for rows, more in zip(files, case.files, strict=False):
            rows += [dict.fromkeys(_ALL) | _moved(row, at) for row in more]
        history += [_moved(row, at) for row in case.history]
    return Case("all", "all cases as one", files, history)


def _moved(row: Row, at: int) -> Row:
    """The row of the case number `at`. Keys that are there for what they look like stay, and so do those of rejects."""
    match row["customer_id"]:
        case int(key) if 0 < key < _KEYS_OF_A_CASE:
            return row | {"customer_id": at * _KEYS_OF_A_CASE + key}
    return row


TOGETHER = _together()


@dataclass(frozen=True)
class Step:
    """Files given in one command, with one refresh or one for each."""

    files: list[Path]
    each: bool = False


def one_by_one(files: list[Path]) -> list[Step]:
    """A command for each file."""
    return [Step([file]) for file in files]


def _shuffled(case: Case, files: list[Path]) -> list[Path]:
    return random.Random(case.id).sample(files, len(files))


# How the files of a case may arrive. `twins`: the same content under other names, each next to the first by name.
Arrangement = Callable[[Case, list[Path], list[Path]], list[Step]]
ARRANGEMENTS: dict[str, Arrangement] = {
    "given order": lambda case, files, twins: one_by_one(files),
    "reversed": lambda case, files, twins: one_by_one(files[::-1]),
    "all at once": lambda case, files, twins: [Step(files)],
    "shuffled, a refresh for each": lambda case, files, twins: [Step(_shuffled(case, files), each=True)],
    "each file twice": lambda case, files, twins: [
        Step([file, twin, file]) for file, twin in zip(files, twins, strict=True)
    ],
    "all again in reverse": lambda case, files, twins: [Step(files), *one_by_one(twins[::-1]), Step(files)],
}


def arrangements(*, every: bool) -> list[tuple[str, str]]:
    """The first case of each kind, which its letter tells, as given; or every case with every arrangement."""
    if every:
        return [(case_id, name) for case_id in CASES for name in ARRANGEMENTS]
    return [(case_id, "given order") for case_id in {case_id[0]: case_id for case_id in reversed(CASES)}.values()]


def in_order(rows: list[Row]) -> list[Row]:
    """By key and begin, times as datetime, keys as int: rows of a case, of a table, or of a command's output."""
    plain = [{column: _plain(column, value) for column, value in row.items()} for row in rows]
    return sorted(plain, key=lambda row: (row["customer_id"], row.get("valid_from")))


def _plain(column: str, value: Any) -> Any:
    match column:
        case "customer_id":
            return int(value)
        case "valid_from" | "valid_to" | "update_timestamp":
            return datetime.fromisoformat(str(value))
    return value
