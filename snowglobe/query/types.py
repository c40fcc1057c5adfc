"""How much a value of Snowflake's types may hold, as declared.

https://docs.snowflake.com/en/sql-reference/data-types-text and .../data-types-numeric
"""

from sqlglot import exp

MAX_DIGITS = 38
# What the type means without a length, and the greatest length.
_TEXT = (16_777_216, 134_217_728)
_LENGTHS = {exp.DType.VARCHAR: _TEXT, exp.DType.TEXT: _TEXT, exp.DType.BINARY: (8_388_608, 67_108_864)}
_INTEGERS = {exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT}
_TIMES = {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPLTZ, exp.DType.TIMESTAMPNTZ}
# DuckDB's times have microseconds. More digits are never there, fewer would have to be cut.
_TIME_DIGITS = range(6, 10)


def is_known(kind: exp.DataType) -> bool:
    """Whether the numbers behind the type's name are such as Snowflake allows, and the embedded warehouse can keep."""
    sizes = _sizes(kind)
    if sizes is None:
        return False
    if kind.this in _LENGTHS:
        return not sizes or (len(sizes) == 1 and 1 <= sizes[0] <= _LENGTHS[kind.this][1])
    if kind.this is exp.DType.DECIMAL:
        digits, scale = (*sizes, MAX_DIGITS, 0)[:2] if len(sizes) != 1 else (sizes[0], 0)
        return len(sizes) <= 2 and 1 <= digits <= MAX_DIGITS and 0 <= scale <= min(digits, MAX_DIGITS - 1)
    if kind.this in _TIMES:
        return not sizes or (len(sizes) == 1 and sizes[0] in _TIME_DIGITS)
    return not sizes


def declared_length(kind: exp.DataType) -> int | None:
    """The length written behind VARCHAR or its other names (characters), or BINARY (bytes); None if there is none."""
    sizes = _sizes(kind) if kind.this in _LENGTHS else None
    return sizes[0] if sizes else None


def length(kind: exp.DataType) -> int | None:
    """The greatest length of a value of a VARCHAR or BINARY, declared or not; None of another type."""
    return declared_length(kind) or _LENGTHS[kind.this][0] if kind.this in _LENGTHS else None


def digits(kind: exp.DataType) -> tuple[int, int] | None:
    """Precision and scale of a NUMBER or its other names, declared or not; None of another type."""
    if kind.this in _INTEGERS:
        return MAX_DIGITS, 0
    if kind.this is not exp.DType.DECIMAL:
        return None
    sizes = _sizes(kind) or []
    return (sizes[0] if sizes else MAX_DIGITS), (sizes[1] if len(sizes) > 1 else 0)


def unlimited(kind: exp.DataType) -> exp.DataType:
    """The type with all the length, or all the digits, that it can have by default; a scale stays."""
    number = digits(kind)
    return exp.DataType.build(f"DECIMAL({MAX_DIGITS}, {number[1]})") if number else exp.DataType(this=kind.this)


def _sizes(kind: exp.DataType) -> list[int] | None:
    """The numbers in brackets behind the type's name; None if one is none."""
    written = [part.name for part in kind.expressions]
    return [int(size) for size in written] if all(size.isdecimal() for size in written) else None
