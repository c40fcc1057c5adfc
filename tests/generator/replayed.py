"""What the files of any feed say, by the replays of `tests.dimension` and `tests.feeds`."""

import csv
import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.feeds.feed import Expected, Feed, parquet_rows


@dataclass(frozen=True)
class Defined(Feed):
    """A feed whose definition is no file: `name` is its text."""

    @property
    def text(self) -> str:
        return self.name


def replayed(text: str, files: Sequence[LandedFile]) -> Expected:
    """The tables of files under a definition."""
    toml = tomllib.loads(text)
    match toml["feed"]["kind"], toml["feed"]["format"]:
        case "snapshots", "parquet":
            return Expected(replay(_in_json(toml), [_json(file) for file in files]))
        case "snapshots", _:
            return Expected(replay(toml, files))
        case _, "csv" if "delimiter" in toml["feed"]:
            return Expected(replay(_in_csv(toml), [_csv(file, toml["feed"]) for file in files]))
        case _, "csv":
            return Expected(replay(toml, files))
    return Defined(text).expected(list(files))


def generic(text: str) -> dict[str, Any]:
    """The definition for whoever knows no layouts."""
    return Defined(text).generic


def _in_json(toml: dict[str, Any]) -> dict[str, Any]:
    return {**toml, "feed": {**toml["feed"], "format": "json"}}


def _json(file: LandedFile) -> LandedFile:
    return file._replace(content="\n".join(parquet_rows(file.content)).encode())


def _in_csv(toml: dict[str, Any]) -> dict[str, Any]:
    usual = {word: said for word, said in toml["feed"].items() if word not in ("delimiter", "quote", "encoding")}
    return {**toml, "feed": usual}


def _csv(file: LandedFile, feed: dict[str, Any]) -> LandedFile:
    """The same rows with commas, in UTF-8, below a header. No word of theirs means NULL, so quotes may be lost."""
    text = io.StringIO(file.content.decode(feed["encoding"]), newline="")
    rows = list(csv.reader(text, delimiter=feed["delimiter"], quotechar=feed.get("quote", '"')))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([feed["columns"], *rows] if "columns" in feed else rows)
    return file._replace(content=out.getvalue().encode())
