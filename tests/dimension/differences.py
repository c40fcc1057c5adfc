"""The rows of two tables side by side, and in few words where they differ."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tests.dimension import definition as definitions
from tests.dimension.definition import Toml, Type, type_of
from tests.dimension.fold import Version
from tests.dimension.replay import Tables
from tests.dimension.values import canonical, shown, typed

Text = dict[str, str | None]
"""A row: each column as text, in one way for each value."""

_TIMESTAMP = type_of("timestamp")
_BOOLEAN = type_of("boolean")
_ENOUGH = 10


def history_rows(toml: Toml, tables: Tables) -> list[Text]:
    """The history that the replay expects."""
    return [
        {
            **_key_and_state(toml, version),
            "valid_from": version.valid_from.isoformat(" "),
            "valid_to": version.valid_to.isoformat(" "),
            "is_current": shown(version.is_current, _BOOLEAN),
            "is_last": shown(version.is_last, _BOOLEAN),
        }
        for version in tables.history
    ]


def current_rows(toml: Toml, tables: Tables) -> list[Text]:
    """The current rows that the replay expects."""
    return [
        {**_key_and_state(toml, version), "update_timestamp": version.valid_from.isoformat(" ")}
        for version in tables.current
    ]


def told_rows(toml: Toml, rows: Iterable[Mapping[str, Any]]) -> list[Text]:
    """Rows as a command tells them in CSV or JSON, or as a query returns them, with the columns that are expected."""
    types = _types(toml)
    return [{column: _plain(value, types[column]) for column, value in row.items() if column in types} for row in rows]


def differences(toml: Toml, expected: Iterable[Text], actual: Iterable[Text]) -> str:
    """What differs, a line for each row by key and begin, ten at most; nothing if the tables are equal."""
    names = [*toml["key"], "valid_from"]
    both = [_by_identity(names, rows) for rows in (expected, actual)]
    lines = [
        line
        for identity in sorted({*both[0], *both[1]}, key=repr)
        for line in _lines(identity, both[0].get(identity, []), both[1].get(identity, []))
    ]
    more = [f"... and {len(lines) - _ENOUGH} more"] if len(lines) > _ENOUGH else []
    return "\n".join(lines[:_ENOUGH] + more)


def _by_identity(names: list[str], rows: Iterable[Text]) -> dict[tuple[str | None, ...], list[Text]]:
    found: dict[tuple[str | None, ...], list[Text]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names if name in row), []).append(row)
    return found


def _lines(identity: tuple[str | None, ...], expected: list[Text], actual: list[Text]) -> list[str]:
    named = " ".join("NULL" if part is None else part for part in identity)
    if len(actual) > 1:
        return [f"{named}: stands {len(actual)} times"]
    if not expected:
        return [f"{named}: not expected, {_told(actual[0])}"]
    if not actual:
        return [f"{named}: missing, {_told(expected[0])}"]
    (wanted,), (found,) = expected, actual
    told = [
        f"{column} is {_value(found, column)} instead of {_value(wanted, column)}"
        for column in {**wanted, **found}
        if column not in wanted or column not in found or wanted[column] != found[column]
    ]
    return [f"{named}: {', '.join(told)}"] if told else []


def _told(row: Text) -> str:
    return ", ".join(f"{column} {_value(row, column)}" for column in row)


def _value(row: Text, column: str) -> str:
    return repr(row[column]) if row.get(column) is not None else "NULL" if column in row else "no column"


def _key_and_state(toml: Toml, version: Version) -> Text:
    today = definitions.read(toml)
    key = {part.name: shown(value, part.type) for part, value in zip(today.key, version.key, strict=True)}
    return key | {
        attribute.name: shown(version.state[attribute.name], attribute.type) for attribute in today.attributes
    }


def _types(toml: Toml) -> dict[str, Type]:
    today = definitions.read(toml)
    times = dict.fromkeys(("valid_from", "valid_to", "update_timestamp"), _TIMESTAMP)
    flags = dict.fromkeys(("is_current", "is_last"), _BOOLEAN)
    return {column.name: column.type for column in (*today.key, *today.attributes)} | times | flags


def _plain(value: Any, of: Type) -> str | None:
    """A value from a driver, from JSON or from CSV, where an empty text is NULL."""
    if value is None or value == "":
        return None
    text = canonical(value) if isinstance(value, bool | dict | list | Decimal) else str(value)
    return shown(typed(text, of), of)
