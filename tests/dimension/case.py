"""The worked cases for any dimension: a definition, files of rows, the history and the rejects they make."""

import json
import tomllib
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
