"""The worked cases for any dimension: a definition, files of rows, the history and the rejects they make."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from tests.csv_text import csv_text
from tests.dimension.landed import LandedFile

LOADED_AT = datetime(2026, 6, 1)


@dataclass(frozen=True)
class Case:
    """`definition`: the text of a TOML file. `files`: name and rows. `history` and `rejects`: what comes of them."""

    id: str
    why: str
    definition: str
    files: list[dict[str, Any]]
    history: list[dict[str, str | None]]
    rejects: list[dict[str, Any]] = field(default_factory=list)

    @property
    def toml(self) -> dict[str, Any]:
        return tomllib.loads(self.definition)

    def landed(self, *, again: bool = False) -> list[LandedFile]:
        """The files; `again`: under other names, each of which sorts right after the first."""
        return [
            LandedFile(self._again(file["name"]) if again else file["name"], self._content(file["rows"]), LOADED_AT)
            for file in self.files
        ]

    def _again(self, name: str) -> str:
        """A digit more keeps a file of a full load one, where a word would not."""
        path = PurePath(name)
        return path.stem + ("_again" if self.toml["feed"]["kind"] == "snapshots" else "0") + path.suffix

    def _content(self, rows: list[dict[str, Any]]) -> bytes:
        if self.toml["feed"]["format"] == "json":
            return "".join(json.dumps(row) + "\n" for row in rows).encode()
        columns = list(dict.fromkeys(column for row in rows for column in row))
        return csv_text(columns, [dict.fromkeys(columns) | row for row in rows]).encode()


def _load() -> dict[str, Case]:
    text = (Path(__file__).parents[1] / "cases" / "dimension_cases.json").read_text(encoding="utf-8")
    return {case["id"]: Case(**case) for case in json.loads(text)["cases"]}


CASES = _load()


# What of a case is no key of another stays so: its own keys are smaller.
_KEYS_OF_A_CASE = 1000


def as_one(cases: Sequence[Case]) -> Case:
    """Cases of one definition with a whole number as the key: files of one name are one, and no two share a key."""
    key, spec = next(iter(cases[0].toml["key"].items()))
    columns = {key, spec["before"]} if isinstance(spec, dict) else {key}
    files: dict[str, list[dict[str, Any]]] = {}
    history: list[dict[str, str | None]] = []
    rejects: list[dict[str, Any]] = []
    for at, case in enumerate(cases):
        for file in case.files:
            rows = files.setdefault(file["name"], [])
            rejects += [one | {"row": len(rows) + one["row"]} for one in case.rejects if one["file"] == file["name"]]
            rows += [
                {name: _moved(value, at) if name in columns else value for name, value in row.items()}
                for row in file["rows"]
            ]
        history += [row | {key: str(_moved(int(row[key] or 0), at))} for row in case.history]
    told = [{"name": name, "rows": rows} for name, rows in sorted(files.items())]
    name = cases[0].id.partition("-")[0]
    return Case(f"{name} as one", "", cases[0].definition, told, history, rejects)


def _moved(value: Any, at: int) -> Any:
    return at * _KEYS_OF_A_CASE + value if type(value) is int and 0 < value < _KEYS_OF_A_CASE else value


# A truncate, or a snapshot, says something of all keys; and whether what a partial row leaves out is taken from the
# stored version or from the log depends on what else is in the batch.
_AS_ONE = ("kinds", "sequence", "rekey")


def _together() -> dict[str, Case]:
    made = [as_one([case for name, case in CASES.items() if name.startswith(f"{group}-")]) for group in _AS_ONE]
    return {case.id: case for case in made}


TOGETHER = _together()
