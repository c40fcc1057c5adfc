"""The types of a procedure's variables, and how a value is made to fit one.

A value assigned to a typed variable is converted as a cast converts it, and refused if it does not fit.
https://docs.snowflake.com/en/developer-guide/snowflake-scripting/variables and .../sql-reference/data-type-conversion
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal, TypeAlias

from snowglobe.errors import ProgrammingError

Family: TypeAlias = Literal["NUMBER", "FLOAT", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP_NTZ"]

_FAMILIES: dict[str, Family] = {
    **dict.fromkeys(("NUMBER", "DECIMAL", "NUMERIC"), "NUMBER"),
    **dict.fromkeys(("INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT"), "NUMBER"),
    **dict.fromkeys(("FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "REAL"), "FLOAT"),
    **dict.fromkeys(("VARCHAR", "STRING", "TEXT"), "VARCHAR"),
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    **dict.fromkeys(("TIMESTAMP_NTZ", "TIMESTAMP", "DATETIME"), "TIMESTAMP_NTZ"),
}
_TAKES_PRECISION = {"NUMBER": 2, "DECIMAL": 2, "NUMERIC": 2, "VARCHAR": 1, "STRING": 1, "TEXT": 1, "TIMESTAMP_NTZ": 1}
_MAX_PRECISION = 38
_ROUNDING = Context(prec=2 * _MAX_PRECISION, rounding=ROUND_HALF_UP)
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_TRUE = frozenset(("true", "t", "yes", "y", "on", "1"))
_FALSE = frozenset(("false", "f", "no", "n", "off", "0"))
_SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class VariableType:
    """A type as declared. `limit`: the least integer too large for a NUMBER; `length`: of a VARCHAR, in characters."""

    name: str
    family: Family
    scale: int = 0
    limit: int = 10**_MAX_PRECISION
    length: int | None = None


def variable_type(name: str, parameters: tuple[int, ...]) -> VariableType | None:
    """The type written as NAME(parameters), name in upper case; None if variables here have no such type."""
    family = _FAMILIES.get(name)
    if family is None or len(parameters) > _TAKES_PRECISION.get(name, 0):
        return None
    written = f"{name}({', '.join(map(str, parameters))})" if parameters else name
    if family == "NUMBER":
        precision, scale = (*parameters, _MAX_PRECISION, 0)[:2] if len(parameters) != 1 else (parameters[0], 0)
        if not 0 <= scale <= precision <= _MAX_PRECISION:
            return None
        return VariableType(written, family, scale, 10 ** (precision - scale))
    if family == "VARCHAR" and parameters:
        return VariableType(written, family, length=parameters[0])
    return VariableType(written, family)


def convert(value: object, target: VariableType) -> object:
    """The value as the type holds it: int, Decimal (NUMBER with a scale), float, str, bool, date, datetime; NULL stays.

    Raises ProgrammingError, with Snowflake's number for the fault, if it does not fit.
    """
    if value is None:
        return None
    return _CONVERSIONS[target.family](value, target)


def _number(value: object, target: VariableType) -> int | Decimal:
    number = value if type(value) is int and target.scale == 0 else _rounded(_exact(value, target), target)
    if number is None or not -target.limit < number < target.limit:
        raise ProgrammingError(f"Numeric value '{_shown(value)}' is out of range for {target.name}", 100039, "22003")
    return number


def _exact(value: object, target: VariableType) -> Decimal:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(_digits(value, target))


def _rounded(exact: Decimal, target: VariableType) -> int | Decimal | None:
    if not exact.is_finite() or abs(exact) >= target.limit:
        return None
    rounded = exact.quantize(Decimal(1).scaleb(-target.scale), context=_ROUNDING)
    return int(rounded) if target.scale == 0 else rounded


def _float(value: object, target: VariableType) -> float:
    if isinstance(value, int | float | Decimal):
        return float(value)
    return float(_digits(value, target))


def _digits(value: object, target: VariableType) -> str:
    """The text of a number; what Python takes beyond that (1_000) is refused."""
    if not isinstance(value, str):
        raise _unfit(value, target)
    if not _NUMBER.fullmatch(value):
        raise ProgrammingError(f"Numeric value '{_shown(value)}' is not recognized", 100038, "22018")
    return value


def _varchar(value: object, target: VariableType) -> str:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str | int | Decimal):
        text = str(value)
    else:
        # How Snowflake writes these depends on the session's output formats.
        raise _unfit(value, target)
    if target.length is not None and len(text) > target.length:
        raise ProgrammingError(f"String '{_shown(text)}' is too long and would be truncated", 100078, "22000")
    return text


def _boolean(value: object, target: VariableType) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal | float):
        return value != 0
    if not isinstance(value, str):
        raise _unfit(value, target)
    word = value.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ProgrammingError(f"Boolean value '{_shown(value)}' is not recognized", 100037, "22018")
    return word in _TRUE


def _date(value: object, target: VariableType) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return _parsed(value, target).date()


def _timestamp(value: object, target: VariableType) -> datetime:
    if isinstance(value, datetime):
        # A timestamp with a zone keeps its wall clock and loses the zone.
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    return _parsed(value, target).replace(tzinfo=None)


def _parsed(value: object, target: VariableType) -> datetime:
    if not isinstance(value, str):
        raise _unfit(value, target)
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError as error:
        kind, errno = ("Date", 100040) if target.family == "DATE" else ("Timestamp", 100035)
        raise ProgrammingError(f"{kind} '{_shown(value)}' is not recognized", errno, "22007") from error


def _unfit(value: object, target: VariableType) -> ProgrammingError:
    message = f"A value of type {type(value).__name__} does not fit a variable of type {target.name}: cast it first"
    return ProgrammingError(message, sqlstate="22000")


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


_CONVERSIONS: dict[Family, Callable[[object, VariableType], object]] = {
    "NUMBER": _number,
    "FLOAT": _float,
    "VARCHAR": _varchar,
    "BOOLEAN": _boolean,
    "DATE": _date,
    "TIMESTAMP_NTZ": _timestamp,
}
