"""The recorded and written feeds: a folder each, with its definition, its files, and the tables they must make."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import duckdb

from tests.dimension import definition as definitions
from tests.dimension import landed as replay_landed
from tests.dimension.fold import history
from tests.dimension.judge import Input, judge
from tests.dimension.landed import LandedFile
from tests.dimension.replay import Tables
from tests.feeds.readers import OP, READERS, SEQUENCES, TIME, Ignored, Outcome

FOLDER = Path(__file__).parent
LOADED_AT = datetime(2026, 12, 1)
Place = tuple[str, int]


@dataclass(frozen=True)
class Expected:
    """The tables, and by place what is ignored."""

    tables: Tables
    ignored: dict[Place, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Feed:
    """`name`: of the folder."""

    name: str

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def text(self) -> str:
        """The definition."""
        return (self.folder / "definition.toml").read_text(encoding="utf-8")

    @property
    def toml(self) -> dict[str, Any]:
        return tomllib.loads(self.text)

    @property
    def generic(self) -> dict[str, Any]:
        """The definition for the replay, to which the layout's own fields are plain ones."""
        return _generic(self.toml)

    def files(self, *, again: bool = False) -> list[LandedFile]:
        """In the order of their names; `again`: as if each had come a second time."""
        found = sorted((self.folder / "files").iterdir())
        return [LandedFile(_again(one.name) if again else one.name, one.read_bytes(), LOADED_AT) for one in found]

    def expected(self, files: Sequence[LandedFile]) -> Expected:
        """By the readers and the replay's rule."""
        toml = self.toml
        today = definitions.read(self.generic)
        events: list[Input] = []
        rejects: dict[Place, frozenset[str]] = {}
        ignored: dict[Place, str] = {}
        for file in files:
            for number, outcome in enumerate(_outcomes(toml, file), 1):
                place = file.name, number
                if isinstance(outcome, Ignored):
                    ignored[place] = outcome.what
                    continue
                found = outcome if isinstance(outcome, frozenset) else judge(today, file, number, outcome)
                more = {"invalid_connector"} if isinstance(outcome, dict) and outcome.get("_connector") else set()
                if isinstance(found, frozenset) or more:
                    rejects[place] = frozenset({*(found if isinstance(found, frozenset) else ()), *more})
                else:
                    events += found
        versions = sorted(history(today, events), key=lambda one: (str(one.key), one.valid_from))
        current = [one for one in versions if one.is_current]
        return Expected(Tables(events, rejects, versions, current), ignored)


def _again(name: str) -> str:
    """Sorts right behind the first, and fits the same patterns: as a sink names what it writes again from elsewhere."""
    if offset := re.search(r"(?<=[+])[0-9]{10}(?=[.])", name):
        return f"{name[: offset.start()]}{int(offset[0]) + 1:010}{name[offset.end() :]}"
    stem, dot, ending = name.rpartition(".")
    return f"{stem}0.{ending}" if dot and "-" not in ending else f"{name}0"


def _outcomes(toml: Mapping[str, Any], file: LandedFile) -> Iterator[Outcome]:
    feed = toml["feed"]
    reader = READERS[feed.get("layout", "plain")]
    match feed["format"]:
        case "csv" if feed.get("layout", "plain") == "plain":
            head = ",".join(feed["columns"]) + "\n" if "columns" in feed else ""
            text = file.content.decode().replace(";", ",") if feed.get("delimiter") == ";" else file.content.decode()
            read = definitions.read(_generic(toml)).feed
            yield from replay_landed.rows(file._replace(content=(head + text).encode()), read)
        case "csv":
            for row in csv.DictReader(io.StringIO(file.content.decode(), newline="")):
                yield reader(toml, {name: value for name, value in row.items() if value != ""})
        case "json":
            for line in filter(str.strip, file.content.decode().splitlines()):
                yield _read(reader, toml, line)
        case "parquet":
            for text in parquet_rows(file.content):
                yield _read(reader, toml, text)


def _read(reader: Any, toml: Mapping[str, Any], text: str) -> Outcome:
    try:
        document = json.loads(text, parse_float=Decimal)
    except ValueError:
        return frozenset({"invalid_record"})
    return reader(toml, document)


def parquet_rows(content: bytes) -> list[str]:
    """The rows of a file, each as JSON."""
    with NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        file.write(content)
        file.flush()
        connection.execute("SET timezone = 'UTC'")
        found = connection.execute("SELECT to_json(r)::VARCHAR FROM read_parquet(?) AS r", [file.name]).fetchall()
    return [text for (text,) in found]


def _generic(toml: Mapping[str, Any]) -> dict[str, Any]:
    feed = toml["feed"]
    layout = feed.get("layout", "plain")
    if layout == "plain":
        return dict(toml)
    words = {
        "kind": "changes",
        "format": "json",
        "time": feed.get("time", {"column": TIME, "format": "iso" if layout == "airbyte" else "epoch_us"}),
        "sequence": feed.get("sequence", []) if "time" in feed else SEQUENCES[feed.get("connector", "postgres")],
        "op": {"column": OP, "upsert": ["c", "u", "r"], "delete": ["d"], "truncate": ["t"]},
    }
    return {**toml, "feed": words | ({"missing": feed["missing"]} if "missing" in feed else {})}


FEEDS = [Feed(folder.name) for folder in sorted(FOLDER.iterdir()) if (folder / "definition.toml").exists()]
