"""Texts as numbers and times: what DuckDB reads, and Snowflake does not, made into what neither reads.

A text is sure to be one where it is a literal, and in what begins with TRY, which takes nothing else. Between digits
DuckDB takes a `_`; for a date a slash, `epoch`, `infinity`, and years before 1 and after 9999.

https://docs.snowflake.com/en/sql-reference/functions/to_decimal and .../date-time-input-output
"""

import re

from sqlglot import exp

_TIMES = {exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPLTZ}
_NUMBERS = {exp.DType.DECIMAL, exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT}
_NUMBERS |= {exp.DType.DOUBLE, exp.DType.FLOAT}
# The letters of words that DuckDB knows, of BC, and of names of zones; what stands in their place is no time.
_WORDS, _NO_TIME = "pPyYbB/", "x"


def number(value: exp.Expr, *, safe: bool) -> exp.Expr:
    """The operand of what makes a number; without an underscore, if it is a text."""
    if not _is_text(value, safe):
        return value
    return exp.Anonymous(this="REPLACE", expressions=[value, exp.Literal.string("_"), exp.Literal.string(_NO_TIME)])


def is_hexadecimal(node: exp.ToNumber) -> bool:
    """Whether it is a TRY_TO_NUMBER whose format is so many hexadecimal digits."""
    written = node.args.get("format")
    return bool(node.args.get("safe") and isinstance(written, exp.Literal) and re.fullmatch("X{1,16}", written.name))


def hexadecimal(node: exp.ToNumber) -> exp.Expr:
    """The number of a text of as many digits as the format has; of another text NULL."""
    digits = exp.Literal.string(f"[0-9a-fA-F]{{{len(node.args['format'].name)}}}")
    fits = exp.Anonymous(this="REGEXP_FULL_MATCH", expressions=[node.this.copy(), digits])
    written = exp.DPipe(this=exp.Literal.string("0x"), expression=node.this)
    return exp.Case(ifs=[exp.If(this=fits, true=exp.Cast(this=written, to=exp.DataType.build("INT128")))])


def cast(node: exp.Cast) -> exp.Cast:
    """A CAST or TRY_CAST whose operand is only what Snowflake reads too. `node`: before its type is DuckDB's."""
    safe = isinstance(node, exp.TryCast)
    kind = node.to.this
    if kind in _NUMBERS:
        node.set("this", number(node.this, safe=safe))
    if is_moment(node.to) and _is_text(node.this, safe):
        node.set("this", _moment(node.this))
    return node


def date(node: exp.TsOrDsToDate) -> exp.Expr:
    """TRY_TO_DATE: with a format nothing may stand behind the date."""
    written = node.args.get("format")
    if written is None:
        return within_years(exp.TryCast(this=_moment(node.this), to=exp.DataType.build("DATE")))
    return within_years(exp.Cast(this=_parsed(node.this, written), to=exp.DataType.build("DATE")))


def within_years(node: exp.Cast) -> exp.Expr:
    """The same if it is of Snowflake's years, which have four digits and begin with 1, else NULL."""
    last = "9999-12-31" if node.to.this is exp.DType.DATE else "9999-12-31 23:59:59.999999"
    known = exp.Between(this=node, low=exp.Literal.string("0001-01-01"), high=exp.Literal.string(last))
    return exp.Case(ifs=[exp.If(this=known, true=node.copy())])


def time(node: exp.StrToTime) -> exp.Expr:
    """TRY_TO_TIMESTAMP_NTZ with a format. DuckDB knows a year 0 there."""
    kind = node.args.get("target_type") or exp.DataType.build("TIMESTAMP", dialect="duckdb")
    return exp.Cast(this=_parsed(node.this, node.args["format"]), to=kind)


def is_moment(kind: exp.DataType) -> bool:
    """Whether it is a type of dates or times."""
    return kind.this in _TIMES


def _is_text(value: exp.Expr, safe: bool) -> bool:
    return (safe and not isinstance(value, exp.Null)) or (isinstance(value, exp.Literal) and value.is_string)


def _parsed(text: exp.Expr, written: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="TRY_STRPTIME", expressions=[_ended(text), _ended(written)])


def _ended(text: exp.Expr) -> exp.Expr:
    """A text, or a format, with an end of ours: `infinity` with it is none of DuckDB's words."""
    if isinstance(text, exp.Literal):
        return exp.Literal.string(f"{text.name}|")
    return exp.DPipe(this=text, expression=exp.Literal.string("|"))


def _moment(text: exp.Expr) -> exp.Expr:
    replaced = exp.Literal.string(_NO_TIME * len(_WORDS))
    return exp.Anonymous(this="TRANSLATE", expressions=[text, exp.Literal.string(_WORDS), replaced])
