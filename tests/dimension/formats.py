"""A random story of CSV files, told in JSON lines or Parquet: the same rows, with values where texts mean some."""

import json
import re
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tests.dimension import definition as definitions_of
from tests.dimension import landed
from tests.dimension.landed import Fields, LandedFile
from tests.dimension.strategies import Story, Toml

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?")
_NESTED = "inner"


def told_in(form: str, story: Story, random: Random) -> Story:
    """The story in another format. Some columns lie within an object, some fields that are NULL are not there."""
    within = {name for name in sorted(_columns(story.toml)) if random.random() < 0.3}
    toml = _converted(story.toml, form, within)
    files = [_told(file, story.toml, form, within, random) for file in story.files]
    return Story(toml, tuple(files))


def _columns(toml: Toml) -> set[str]:
    """The columns of the attributes."""
    return {one.column for one in definitions_of.read(toml).attributes}


def _converted(toml: Toml, form: str, within: set[str]) -> Toml:
    feed: dict[str, Any] = {word: value for word, value in toml["feed"].items() if word != "null"} | {"format": form}
    if "initial" in feed:
        feed["initial"] = feed["initial"] | {"files": feed["initial"]["files"].replace("csv", form)}
    return toml | {"feed": feed, "attributes": {name: _at(name, of, within) for name, of in toml["attributes"].items()}}


def _at(name: str, written: Any, within: set[str]) -> Any:
    words = {"type": written} if isinstance(written, str) else dict(written)
    column = words.get("from", name)
    return words | {"from": f"{_NESTED}.{column}"} if column in within else written


def _told(file: LandedFile, toml: Toml, form: str, within: set[str], random: Random) -> LandedFile:
    names = {column.lower(): column for column in _names(file)}
    rows = [_nested(row, names, within) for row in landed.rows(file, definitions_of.read(toml).feed)]
    name = file.name.replace(".csv", f".{form}")
    content = _json_lines(rows, random) if form == "json" else _parquet(rows)
    earlier = file.definition and _converted(dict(file.definition), form, within)
    return LandedFile(name, content, file.loaded_at, earlier)


def _names(file: LandedFile) -> list[str]:
    header = file.content.decode().splitlines()[0]
    return [name.strip('"') for name in header.split(",")]


def _nested(row: Fields, names: dict[str, str], within: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {names[column]: text for column, text in row.items() if names[column] not in within}
    inner = {names[column]: text for column, text in row.items() if names[column] in within}
    return found | ({_NESTED: inner} if inner else {})


def _json_lines(rows: list[dict[str, Any]], random: Random) -> bytes:
    end = random.choice(["\n", "\r\n"])
    ascii_alone = random.random() < 0.5
    lines = [_line(_valued(row, random), ascii_alone=ascii_alone) for row in rows]
    return "".join(line + end for line in lines).encode()


def _valued(row: dict[str, Any], random: Random) -> dict[str, Any]:
    """What means a number or a truth value as that, at times, and NULL as nothing."""
    found: dict[str, Any] = {}
    for name, text in row.items():
        if isinstance(text, dict):
            found[name] = _valued(text, random)
        elif text is not None or random.random() < 0.5:
            found[name] = _value(text) if random.random() < 0.5 else text
    return found


def _value(text: str | None) -> Any:
    if text in ("true", "false"):
        return text == "true"
    # A number is what it is worth: zeros behind its point are gone, which changes a text.
    is_number = text and _NUMBER.fullmatch(text) and text == f"{Decimal(text).normalize():f}"
    return Decimal(text) if text and is_number else text


def _line(value: Any, *, ascii_alone: bool) -> str:
    match value:
        case dict():
            pairs = (f"{json.dumps(name)}: {_line(each, ascii_alone=ascii_alone)}" for name, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case Decimal():
            return f"{value:f}"
    return json.dumps(value, ensure_ascii=ascii_alone)


def _parquet(rows: list[dict[str, Any]]) -> bytes:
    """Texts, but for columns in which all are whole numbers or dates; of no rows, a file of a column without any."""
    with TemporaryDirectory() as folder, duckdb.connect() as duck:
        lines = Path(folder) / "rows.json"
        lines.write_bytes("".join(json.dumps(row) + "\n" for row in rows).encode())
        target = str(Path(folder) / "rows.parquet")
        columns = {
            name: _kind([row.get(name) for row in rows]) for name in dict.fromkeys(n for row in rows for n in row)
        } or {"extra": "VARCHAR"}
        typed = ", ".join(f"{_quoted(name)}: '{kind}'" for name, kind in columns.items())
        read = f"read_json('{lines}', format = 'newline_delimited', columns = {{{typed}}})"
        duck.execute(f"COPY (SELECT * FROM {read}) TO '{target}' (FORMAT parquet)")
        return Path(target).read_bytes()


def _kind(values: list[Any]) -> str:
    if any(isinstance(value, dict) for value in values):
        names = dict.fromkeys(name for value in values for name in value or {})
        fields = (f"{_quoted(name)} {_kind([(value or {}).get(name) for value in values])}" for name in names)
        return f"STRUCT({', '.join(fields)})"
    texts = [value for value in values if value is not None]
    if texts and all(re.fullmatch("-?(0|[1-9][0-9]{0,17})", text) for text in texts):
        return "BIGINT"
    return "VARCHAR"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
