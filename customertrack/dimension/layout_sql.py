"""What is read of a layout's own, as expressions of SQL: of the event that landed, or of the row that lies in it."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

from customertrack.dimension.definition import Definition, Feed, Format
from customertrack.dimension.landed_sql import NO_VALUE, landed_text, landed_value
from customertrack.dimension.layouts import AIRBYTE_COLUMNS, OP, TIME
from customertrack.dimension.names import written_in_feed
from customertrack.dimension.sql_text import literal
from customertrack.dimension.types import DATE, Type

# What stands for a value that the source's log does not have: Debezium's own, and that of Confluent's connectors.
_PLACEHOLDERS = ("__debezium_unavailable_value", "__cflt_unavailable_value")
# What `source.connector` says.
_CALLED = {
    "postgres": ("postgresql",),
    "mysql": ("mysql", "mariadb"),
    "sqlserver": ("sqlserver",),
    "oracle": ("oracle",),
}
_AIRBYTE_COLUMNS = dict(zip(map(written_in_feed, AIRBYTE_COLUMNS), ("landed_data", "landed_meta"), strict=True))
_AIRBYTE = {"file": "log_file", "pos": "log_pos", "commit_lsn": "lsn"}
_NO_YEAR = "NOT BETWEEN -719162 AND 2932896"


def by_paths(feed: Feed) -> Feed:
    """As its rows are read: Airbyte's CSV has a row as JSON in a field."""
    return replace(feed, format="json") if feed.layout == "airbyte" and feed.format == "csv" else feed


def landed(feed: Feed, form: Format) -> dict[str, Any] | None:
    """For the templates, the columns of what lands, if they are others than those of the format alone."""
    if feed.layout != "airbyte" or form == "json":
        return None
    columns = {"record": "landed_event"} if form == "parquet" else _AIRBYTE_COLUMNS
    read, texts = list(columns), list(columns.values())
    kind = "VARIANT" if form == "parquet" else "VARCHAR"
    raw = {"feed": read, "landed": read, "raw": read, "raw_added": [], "raw_type": kind}
    return {**raw, "texts": texts, "landed_texts": texts}


def described(feed: Feed) -> dict[str, Any]:
    """What a template asks of the layout."""
    return {
        "name": feed.layout,
        "envelope": is_envelope(feed),
        # A line, or a field, of text may be no object of JSON.
        "may_be_none": feed.format == "json",
        "marker": marker(feed),
        "placeholders": _placeholders(),
        "of_another": _is_of_another(feed),
        "has_lsn": "source_commit_lsn" in feed.sequence,
    }


def is_envelope(feed: Feed) -> bool:
    """Whether its rows are Debezium's."""
    return feed.layout in ("debezium", "debezium_flat")


def marker(feed: Feed) -> str:
    """The field that each event has, and nothing has that a sink or a converter writes around it."""
    return "__op" if feed.layout == "debezium_flat" else "op"


def own_text(feed: Feed, dimension: str, name: str) -> str | None:
    """The landed text of what the layout calls so; None if it is none of its own."""
    if feed.layout == "plain":
        return None

    def lsn(of: str) -> str:
        return f"{dimension}_lsn({_source(feed, of)})"

    own = {
        OP: _op(feed),
        TIME: _lines("COALESCE", _source(feed, "ts_us"), f"{_source(feed, 'ts_ms')} || '000'"),
        "source_lsn": _needed(_source(feed, "lsn")),
        "source_binlog_file": _needed(f"REGEXP_SUBSTR({_source(feed, 'file')}, '[0-9]+$')"),
        "source_binlog_pos": _source(feed, "pos"),
        "source_binlog_row": _source(feed, "row"),
        "source_commit_lsn": _needed(lsn("commit_lsn")),
        "source_change_lsn": lsn("change_lsn"),
        "source_event_serial_no": _source(feed, "event_serial_no"),
        # A row of a snapshot has been committed by no change.
        "source_commit_scn": _lines("COALESCE", _source(feed, "commit_scn"), _source(feed, "scn"), NO_VALUE),
        "source_scn": _source(feed, "scn"),
        "source_ssn": _source(feed, "ssn"),
    }
    return own.get(name)


def _lines(function: str, *arguments: str) -> str:
    """A call in the view's list, an argument a line."""
    inner = ",".join(f"\n{' ' * 12}{argument}" for argument in arguments)
    return f"{function}({inner}\n{' ' * 8})"


def _op(feed: Feed) -> str:
    if feed.layout == "airbyte":
        return "IFF(GET_PATH(landed_record, '_ab_cdc_deleted_at')::VARCHAR IS NULL, 'C', 'D')"
    return f"GET_PATH(landed_event, '{marker(feed)}')::VARCHAR"


def _source(feed: Feed, name: str) -> str:
    match feed.layout:
        case "debezium":
            return f"GET_PATH(landed_event, 'source.{name}')::VARCHAR"
        case "debezium_flat":
            return f"GET_PATH(landed_event, '__source_{name}')::VARCHAR"
    return f"GET_PATH(landed_record, '_ab_cdc_{_AIRBYTE.get(name, name)}')::VARCHAR"


def _needed(text: str) -> str:
    """Where it is missing the row is from another database's log, and would otherwise be the first of its time."""
    return f"COALESCE({text}, {NO_VALUE})"


def _is_of_another(feed: Feed) -> str:
    """Whether a row says that it is from another database, as SQL; NULL if it does not say it."""
    names = ", ".join(map(literal, _CALLED[feed.connector or "postgres"]))
    return f"{_source(feed, 'connector')} NOT IN ({names})"


def _placeholders() -> list[str]:
    """All texts that an unavailable value may have: itself, its bytes, in an array, and in a map."""
    forms = [
        form
        for one in _PLACEHOLDERS
        for form in (one, b64encode(one.encode()).decode(), f'["{one}"]', f'{{"{one}":"{one}"}}')
    ]
    return list(map(literal, forms))


def row_text(definition: Definition, name: str, kind: Type, otherwise: str) -> str:
    """The landed text of a column of the row, if need be by its layout. `otherwise`: of an unavailable value."""
    feed, text = definition.feed, landed_text(definition.feed, name, kind)
    if is_envelope(feed):
        made = _as_date(text) if kind == DATE else text
        return _lines("IFF", f"{definition.name}_unavailable({text})", otherwise, made)
    if feed.layout == "airbyte":
        # What Airbyte itself has left out or cut.
        field = literal(f'"field":"{name.split(".")[0]}"')
        return _lines("IFF", f"CONTAINS(landed_changes, {field})", NO_VALUE, text)
    return text


def _as_date(text: str) -> str:
    """Of a date as Debezium writes it: days since 1970, or ISO 8601 with a Z behind it."""
    number = f"TRY_TO_NUMBER({text}, 38, 0)"
    day = f"TO_VARCHAR(DATEADD('day', {number}, TO_DATE('1970-01-01', 'YYYY-MM-DD')), 'YYYY-MM-DD')"
    return (
        f"CASE\n                WHEN NOT REGEXP_LIKE({text}, '-?[0-9]{{1,7}}') THEN REGEXP_REPLACE({text}, 'Z$', '')\n"
        f"                WHEN {number} {_NO_YEAR} THEN {text}\n                ELSE {day}\n            END"
    )


def absent(feed: Feed, dimension: str, name: str) -> str:
    """Whether a row does not say the value at a path, as SQL. A null is said."""
    value = landed_value(name)
    return (
        f"({value} IS NULL OR {dimension}_unavailable({value}::VARCHAR))" if is_envelope(feed) else f"{value} IS NULL"
    )
