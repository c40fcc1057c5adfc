"""What is read from a landed row, as expressions of SQL: a column of a CSV file, or a path into a record."""

import re
from typing import Any

from customertrack.dimension.definition import Feed, Format
from customertrack.dimension.names import TAKEN, written_in_feed
from customertrack.dimension.reserved import RESERVED
from customertrack.dimension.sql_text import literal
from customertrack.dimension.types import DATE, TIMESTAMP, Type

# A name that a path has without quotes (docs.snowflake.com, GET_PATH: "field names (identifiers)").
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Places are landed by so many at once, of which so many at least are for columns to come.
_PLACES, _SPARE = 50, 10
# Where the view selects it: the lines within an expression, and its last one.
_LINE, _END = f"\n{' ' * 12}", f"\n{' ' * 8}"
NO_VALUE = "CHR(65533)"
"""No text that fits any type: what stands in for a value that a path cannot come to."""
# As text, whatever the session's output formats are.
_MOMENT = """'YYYY-MM-DD"T"HH24:MI:SS.FF9'"""


def landed_name(feed: Feed, name: str) -> str:
    """The landed column in which a column of a CSV file stands: by its name, or without a header by its place."""
    if not feed.columns:
        return written_in_feed(name)
    return f"column_{1 + [each.casefold() for each in feed.columns].index(name.casefold())}"


def places(feed: Feed) -> list[str]:
    """The landed columns of CSV without a header, with room for more of them, as no pipe can be altered for those."""
    return [f"column_{place}" for place in range(1, 1 + _PLACES * -(-(len(feed.columns) + _SPARE) // _PLACES))]


def landed_text(feed: Feed, name: str, kind: Type | None = None) -> str:
    """The landed text of a column or of the value at a path, NULL if there is none. `kind`: what it is to become.

    A path through something that is there and is neither an object nor null gives a text that no type takes.
    """
    if feed.format == "csv":
        # An empty field is NULL, quoted or not, whichever of them the load has made so already.
        return f"NULLIF({landed_name(feed, name)}, '')"
    at = landed_value(name)
    text = _parquet_text(at, kind) if feed.format == "parquet" else f"{at}::VARCHAR"
    names = name.split(".")
    above = [landed_value(".".join(names[:end])) for end in range(1, len(names))]
    if not above:
        return text
    blocked = f"{_LINE}OR ".join(f"TYPEOF({value}) NOT IN ('OBJECT', 'NULL_VALUE')" for value in above)
    return f"IFF({_LINE}{blocked},{_LINE}{NO_VALUE},{_LINE}{text}{_END})"


def sequence_column(feed: Feed, name: str) -> str:
    """What a column of the order is called in the tables: a path has dots, and a feed calls its columns as it likes.

    Nobody can give it another name, as one of an attribute, so it has one where the tables have that already.
    """
    column = re.sub("[^A-Za-z0-9_]", "_", name)
    if column.lower() in TAKEN:
        column += "_in_sequence"
    if column[0].isdigit():
        column = f"_{column}"
    return f'"{column.upper()}"' if column.lower() in RESERVED else column


def landed_op(feed: Feed, name: str) -> str:
    """The word of the operation: in JSON an empty text is none, too."""
    text = landed_text(feed, name)
    return text if feed.format == "csv" else f"NULLIF({text}, '')"


def record(form: Format) -> dict[str, Any]:
    """For the templates, the one column of what lands that is no CSV: whole, so that nothing which a definition reads
    later asks for another column, or another pipe.
    """
    name, kind, called = (
        ("line", "VARCHAR", "landed_line") if form == "json" else ("record", "VARIANT", "landed_record")
    )
    read, texts = [name], [called]
    landed = {"feed": read, "landed": read, "raw": read, "raw_added": [], "raw_type": kind}
    return {**landed, "texts": texts, "landed_texts": texts}


def landed_value(name: str) -> str:
    """The value at a path of a record: NULL if it is not there; a null of JSON is."""
    parts = [part if _PLAIN.fullmatch(part) else f'["{part}"]' for part in name.split(".")]
    path = "".join(part if part.startswith("[") else f".{part}" for part in parts).removeprefix(".")
    return f"GET_PATH(landed_record, {literal(path)})"


def _parquet_text(at: str, kind: Type | None) -> str:
    """Of a time or a date in ISO 8601: Parquet has both as values of their own, those with a zone too."""
    if kind == TIMESTAMP:
        in_utc = f"CONVERT_TIMEZONE('UTC', {at}::TIMESTAMP_LTZ)::TIMESTAMP_NTZ"
        cases = [
            f"WHEN TYPEOF({at}) = 'TIMESTAMP_NTZ'{_LINE}    THEN TO_VARCHAR({at}::TIMESTAMP_NTZ, {_MOMENT})",
            f"WHEN STARTSWITH(TYPEOF({at}), 'TIMESTAMP'){_LINE}    THEN TO_VARCHAR({in_utc}, {_MOMENT})",
            f"ELSE {at}::VARCHAR",
        ]
        return f"CASE{_LINE}{_LINE.join(cases)}{_END}END"
    if kind == DATE:
        return (
            f"IFF({_LINE}TYPEOF({at}) = 'DATE',{_LINE}TO_VARCHAR({at}::DATE, 'YYYY-MM-DD'),{_LINE}{at}::VARCHAR{_END})"
        )
    return f"{at}::VARCHAR"
