"""What in a statement means something else, or gives other rows, under another parameter of the session.

The parameters are those of docs.snowflake.com, "ALTER SESSION" and "Parameters". Not among them: what changes how long
something may take (LOCK_TIMEOUT), what is noted of it (QUERY_TAG), and how a client shows values.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

_INPUT = "DATE_, TIME_ or TIMESTAMP_INPUT_FORMAT"
_OUTPUT = "DATE_, TIME_ or TIMESTAMP_..._OUTPUT_FORMAT"
_BINARY = "BINARY_INPUT_FORMAT or BINARY_OUTPUT_FORMAT"
_JSON = "STRICT_JSON_OUTPUT or JSON_INDENT"
_WEEK = "WEEK_START or WEEK_OF_YEAR_POLICY"

TIMES = {exp.DType.DATE, exp.DType.TIME, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPLTZ, exp.DType.TIMESTAMPNTZ}
TIMES |= {exp.DType.TIMESTAMPTZ, exp.DType.DATETIME}
_SEMISTRUCTURED = {exp.DType.VARIANT, exp.DType.OBJECT, exp.DType.ARRAY}
_MAKE_TIMES = (exp.ConvertTimezone, exp.StrToTime, exp.CurrentTimestamp, exp.DateAdd)
_MAKE_NUMBERS = (exp.Length, exp.Count, exp.Literal, exp.ToNumber)
_JSON_NODES = (exp.JSONFormat, exp.ParseJSON, exp.Array, exp.Struct)
_WEEK_NODES = (exp.Week, exp.WeekOfYear, exp.DayOfWeek, exp.DayOfWeekIso)
# A time as people write it: it must be the argument of a function that is told its format.
_LOOKS_LIKE_A_TIME = re.compile(r"\d{4}-\d\d?-\d\d?\b.*|\d\d?:\d\d(:\d\d.*)?")
_CALLS = re.compile(
    r"SYSTEM\$\w+|\w+_(SIGNATURE|AS_OF|AS_KNOWN|VERSION_ID|VERSION_OF)|(COPY|TASK|QUERY)_HISTORY|INFER_SCHEMA|TABLE|PDR_\w+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Columns:
    """Names in lower case: of columns that hold times, that hold no NULLs, and that hold numbers or texts only."""

    times: frozenset[str]
    never_null: frozenset[str]
    plain: frozenset[str]


def dependencies(tree: exp.Expr, columns: Columns) -> set[str]:
    """The parameters that a statement depends on."""
    return {parameter for node in tree.walk() for parameter in _of_node(node, columns)}


def _of_node(node: exp.Expr, columns: Columns) -> Iterator[str]:
    times = columns.times
    match node:
        case exp.Cast() | exp.TryCast():
            yield from _of_cast(node, columns)
        case exp.DataType() if node.this in (exp.DType.TIMESTAMP, exp.DType.DATETIME):
            yield "TIMESTAMP_TYPE_MAPPING"
        case exp.DataType() if node.this in _SEMISTRUCTURED:
            yield _JSON
        case exp.StrToTime():
            if node.args.get("target_type", exp.DataType()).this is not exp.DType.TIMESTAMPNTZ:
                yield "TIMESTAMP_TYPE_MAPPING or TIMEZONE"
            if "%y" in node.args["format"].name:
                yield "TWO_DIGIT_CENTURY_START"
        case exp.TsOrDsToDate() | exp.TsOrDsToTime() | exp.UnixToTime():
            if not node.args.get("format"):
                yield _INPUT
        case exp.ToChar() if not node.args.get("format") and not isinstance(node.this, _MAKE_NUMBERS):
            yield _OUTPUT
        case exp.DPipe() | exp.Concat() if any(_is_time(each, times) for each in _parts(node)):
            yield _OUTPUT
        case exp.Literal() if node.is_string and _LOOKS_LIKE_A_TIME.fullmatch(node.name.strip()):
            if not isinstance(node.parent, exp.StrToTime | exp.TsOrDsToDate | exp.Substring):
                yield _INPUT
        case exp.CurrentDate() | exp.CurrentTime():
            yield "TIMEZONE"
        case exp.CurrentTimestamp() if not node.args.get("sysdate") and isinstance(node.parent, exp.Cast):
            yield "TIMEZONE"
        case exp.DateAdd() | exp.DateDiff() if isinstance(node.this, exp.CurrentTimestamp):
            if not node.this.args.get("sysdate"):
                yield "TIMEZONE and TIMESTAMP_DAY_IS_ALWAYS_24H"
        case exp.ToBinary() | exp.Unhex() | exp.Hex():
            yield _BINARY
        case exp.Collate():
            yield "DEFAULT_DDL_COLLATION"
        case exp.Merge():
            yield "ERROR_ON_NONDETERMINISTIC_MERGE"
        case exp.Update() if node.args.get("from_"):
            yield "ERROR_ON_NONDETERMINISTIC_UPDATE"
        case exp.Identifier() if node.args.get("quoted") and node.name != node.name.upper():
            yield "QUOTED_IDENTIFIERS_IGNORE_CASE"
        case exp.Anonymous() if not _CALLS.fullmatch(node.name):
            yield f"perhaps something: {node.name} is not known to depend on nothing"
        case exp.Ordered():
            yield from _of_order(node, columns.never_null)
    if isinstance(node, _JSON_NODES):
        yield _JSON
    if isinstance(node, _WEEK_NODES) or _unit(node).startswith("WEEK"):
        yield _WEEK


def _of_cast(node: exp.Cast | exp.TryCast, columns: Columns) -> Iterator[str]:
    kind = node.to.this
    if kind in TIMES and not isinstance(node.this, _MAKE_TIMES):
        yield _INPUT
    is_plain = isinstance(node.this, exp.Column) and node.this.name.lower() in columns.plain
    if kind in (exp.DType.VARCHAR, exp.DType.TEXT) and not is_plain and not isinstance(node.this, _MAKE_NUMBERS):
        yield _OUTPUT
    if kind in (exp.DType.BINARY, exp.DType.VARBINARY):
        yield _BINARY


def _of_order(node: exp.Ordered, never_null: frozenset[str]) -> Iterator[str]:
    """NULLs stand first or last as DEFAULT_NULL_ORDERING says, unless the ORDER BY says it."""
    # sqlglot reads what is not said as Snowflake's default, so what is the other way round is said.
    if bool(node.args.get("nulls_first")) is not bool(node.args.get("desc")):
        return
    columns = list(node.this.find_all(exp.Column))
    aggregate = node.this.find(exp.Count, exp.CountIf)
    if not aggregate and any(column.name.lower() not in never_null for column in columns):
        yield "DEFAULT_NULL_ORDERING"


def _parts(node: exp.Expr) -> list[exp.Expr]:
    return node.expressions or [node.this, node.expression]


def _is_time(node: exp.Expr, times: frozenset[str]) -> bool:
    return isinstance(node, _MAKE_TIMES) or (isinstance(node, exp.Column) and node.name.lower() in times)


def _unit(node: exp.Expr) -> str:
    unit = node.args.get("unit")
    return unit.name.upper() if isinstance(unit, exp.Expr) else ""
