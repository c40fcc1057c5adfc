"""What a row of each layout says: the layouts' specification, which shares nothing with the product.

A reader makes the fields that the replay judges, of which those that begin with `_` are the layout's own; or it says
why the row is none: what it is, if it is ignored, or else the reasons of a reject.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tests.dimension.values import UNREADABLE, canonical

Fields = dict[str, str | None]


class Ignored(NamedTuple):
    """A row that says nothing of any key, and is no fault."""

    what: str


Outcome = Fields | Ignored | frozenset[str]
Toml = Mapping[str, Any]
# What a layout's own fields are called, in reasons too.
TIME, OP = "source_time", "_op"
SEQUENCES = {
    "postgres": ["source_lsn"],
    "mysql": ["source_binlog_file", "source_binlog_pos", "source_binlog_row"],
    "sqlserver": ["source_commit_lsn", "source_change_lsn", "source_event_serial_no"],
    "oracle": ["source_commit_scn", "source_scn", "source_ssn"],
}

_PLACEHOLDERS = ("__debezium_unavailable_value", "__cflt_unavailable_value")
_UNAVAILABLE = [
    form
    for one in _PLACEHOLDERS
    for form in (one, base64.b64encode(one.encode()).decode(), [one], {one: one})
]  # fmt: skip
_CONNECTORS = {"postgres": ["postgresql"], "mysql": ["mysql", "mariadb"]}


def plain(toml: Toml, document: Any) -> Outcome:
    """Fields by their paths. A path through what is no object leads to what no type can read."""
    if not isinstance(document, dict):
        return frozenset({"invalid_record"})
    fields = dict(_leaves("", document))
    for path in _paths(toml):
        *above, _ = path.split(".")
        for depth in range(1, len(above) + 1):
            prefix = ".".join(above[:depth]).lower()
            if fields.get(prefix) is not None and not _is_object(document, above[:depth]):
                fields[path.lower()] = UNREADABLE
    return fields


def debezium(toml: Toml, document: Any) -> Outcome:
    """An envelope: bare, with its schema, or below the key and value of a sink."""
    key = None
    if isinstance(document, dict) and "value" in document and "op" not in document:
        key, document = _payload(document.get("key")), document["value"]
    document = _payload(document)
    if document is None:
        return Ignored("tombstone")
    if isinstance(document, dict) and set(document) == {"ts_ms"}:
        return Ignored("heartbeat")
    if not isinstance(document, dict) or "op" not in document:
        return frozenset({"invalid_record"})
    if document["op"] == "m":
        return Ignored("message")
    source = _object(document.get("source"))
    is_delete = document["op"] == "d"
    row = _object(document.get("before") or key if is_delete else document.get("after"))
    time = {"us": source.get("ts_us"), "ms": source.get("ts_ms")}
    return _fields(toml, row, document["op"], time, source, is_delete=is_delete)


def debezium_flat(toml: Toml, document: Any) -> Outcome:
    """What ExtractNewRecordState makes of it. A deleted row has defaults where it says nothing."""
    if isinstance(document, dict) and "value" in document and "__op" not in document:
        document = document["value"]
    document = _payload(document)
    if document is None:
        return Ignored("tombstone")
    if isinstance(document, dict) and set(document) == {"ts_ms"}:
        return Ignored("heartbeat")
    if isinstance(document, dict) and "__op" not in document and document.get("op") == "m":
        return Ignored("message")
    if not isinstance(document, dict) or "__op" not in document:
        return frozenset({"invalid_record"})
    source = {name.removeprefix("__source_"): value for name, value in document.items()}
    time = {"us": source.get("ts_us"), "ms": source.get("ts_ms")}
    return _fields(toml, document, document["__op"], time, source, is_delete=document["__op"] == "d")


def airbyte(toml: Toml, document: Any) -> Outcome:
    """What lies in _airbyte_data, in CSV as its text; or everything, where Airbyte has flattened it."""
    if not isinstance(document, dict):
        return frozenset({"invalid_record"})
    data = document.get("_airbyte_data", document)
    data = json.loads(data, parse_float=Decimal) if isinstance(data, str) else data
    meta = document.get("_airbyte_meta") or {}
    meta = json.loads(meta) if isinstance(meta, str) else meta
    fields = dict(_leaves("", data))
    for change in meta.get("changes") or []:
        fields[change["field"].lower()] = UNREADABLE
    fields[OP] = "d" if data.get("_ab_cdc_deleted_at") else "c"
    if "time" in toml["feed"]:
        return fields
    source = {name.removeprefix("_ab_cdc_").removeprefix("log_"): value for name, value in data.items()}
    return fields | {TIME: fields.get("_ab_cdc_updated_at")} | _sequence(toml, source)


READERS: dict[str, Callable[[Toml, Any], Outcome]] = {
    "plain": plain, "debezium": debezium, "debezium_flat": debezium_flat, "airbyte": airbyte
}  # fmt: skip


def _fields(
    toml: Toml, row: dict[str, Any], op: Any, time: dict[str, Any], source: dict[str, Any], *, is_delete: bool
) -> Outcome:
    said = {name: _as_date(toml, name, value) for name, value in row.items() if value not in _UNAVAILABLE}
    if toml["feed"].get("missing") != "keep":
        # There is no older value that would be taken for it.
        said |= {name: UNREADABLE for name in _names(toml["attributes"]) if row.get(name) in _UNAVAILABLE}
    if is_delete:
        said = {name: value for name, value in said.items() if name in _names(toml["key"])}
    at = time["us"] if time["us"] is not None or time["ms"] is None else f"{time['ms']}000"
    fields = dict(_leaves("", said)) | {TIME: None if at is None else str(at), OP: None if op is None else str(op)}
    wanted = toml["feed"].get("connector", "postgres")
    connector = source.get("connector")
    if connector is not None and connector not in _CONNECTORS.get(wanted, [wanted]):
        # Another reason beside those of the row itself.
        fields["_connector"] = UNREADABLE
    return fields | _sequence(toml, source)


def _sequence(toml: Toml, source: dict[str, Any]) -> Fields:
    """The place of a change in the source's log, by its connector; the first number of it is always there."""
    connector = toml["feed"].get("connector", "postgres")
    match connector:
        case "postgres":
            found: list[Any] = [source.get("lsn")]
        case "mysql":
            digits = re.search(r"[0-9]+$", str(source.get("file")))
            found = [digits[0] if digits else UNREADABLE, source.get("pos"), source.get("row")]
        case "sqlserver":
            lsn = source.get("commit_lsn", source.get("lsn"))
            found = [_hexadecimal(lsn), _hexadecimal(source.get("change_lsn")), source.get("event_serial_no")]
        case "oracle":
            scn = source.get("scn")
            found = [source.get("commit_scn") or scn, scn, source.get("ssn")]
        case _:
            raise ValueError(connector)
    texts = [one if one is None else str(one) for one in found]
    return dict(zip(SEQUENCES[connector], [UNREADABLE if texts[0] is None else texts[0], *texts[1:]], strict=True))


def _hexadecimal(lsn: Any) -> str | None:
    if lsn is None:
        return None
    match = re.fullmatch("([0-9a-fA-F]{8}):([0-9a-fA-F]{8}):([0-9a-fA-F]{4})", str(lsn))
    return str(int("".join(match.groups()), 16)) if match else UNREADABLE


def _as_date(toml: Toml, name: str, value: Any) -> Any:
    """A date of Debezium's: days since 1970, or ISO 8601 with a Z behind it."""
    if _types(toml).get(name) != "date" or value is None:
        return value
    if isinstance(value, int):
        return (date(1970, 1, 1) + timedelta(days=value)).isoformat()
    return str(value).removesuffix("Z")


def _types(toml: Toml) -> dict[str, str]:
    columns = {**toml["key"], **toml["attributes"]}.items()
    return {_name(name, said): said if isinstance(said, str) else said["type"] for name, said in columns}


def _names(columns: Mapping[str, Any]) -> list[str]:
    return [_name(name, said) for name, said in columns.items()]


def _name(name: str, said: Any) -> str:
    return name if isinstance(said, str) else said.get("from", name)


def _paths(toml: Toml) -> list[str]:
    before = [said["before"] for said in toml["key"].values() if not isinstance(said, str) and "before" in said]
    return [*_names(toml["key"]), *_names(toml["attributes"]), *before]


def _payload(document: Any) -> Any:
    is_wrapped = isinstance(document, dict) and "payload" in document and not {"op", "__op"} & set(document)
    return document["payload"] if is_wrapped else document


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _is_object(document: Any, path: list[str]) -> bool:
    for name in path:
        document = _object(document).get(name)
    return isinstance(document, dict)


def _leaves(above: str, row: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    for name, value in row.items():
        yield above + name.lower(), value if value is None or isinstance(value, str) else canonical(value)
        if isinstance(value, dict):
            yield from _leaves(f"{above}{name.lower()}.", value)
