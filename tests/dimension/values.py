"""Text into values and back. What does not fit its type is a Misfit: never rounded, never cut, nothing trimmed."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from tests.dimension.definition import Type

Value = int | Decimal | str | bool | date | datetime | None

DIGITS = 38
TRUE = ("true", "t", "yes", "y", "on", "1")
FALSE = ("false", "f", "no", "n", "off", "0")
# What a byte that is not UTF-8 is read as.
UNREADABLE = "\ufffd"
_EXACT = Context(prec=200)
_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([ T](?P<time>[0-9]{2}:[0-9]{2})(:(?P<second>[0-9]{2})([.](?P<fraction>[0-9]{1,9}))?)?"
    r"( ?(Z|UTC|(?P<sign>[+-])(?P<hours>[0-9]{2})(:?(?P<minutes>[0-9]{2}))?))?)?"
)
_EPOCH = datetime(1970, 1, 1)
_MICROSECONDS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}


class Misfit(ValueError):
    """The text is no value of the type."""


def typed(text: str, of: Type) -> Value:
    """The value of a text that is there. Raises Misfit."""
    if UNREADABLE in text:
        raise Misfit(text)
    return _READERS[of.base](text, *of.size)


def shown(value: Value, of: Type) -> str | None:
    """A value as text, in one way for each value: 7 of a number(12,2) is 7.00."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            scale = of.size[1] if of.base == "number" else 0
            return f"{Decimal(value).quantize(Decimal(1).scaleb(-scale), context=_EXACT):f}"
        case datetime() | date():
            # isoformat has four digits of a year wherever it runs.
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return value


def event_time(text: str, notation: str) -> datetime:
    """The time of an event: iso (what is finer than a microsecond is cut off), or a whole number. Raises Misfit."""
    if notation == "iso":
        return _timestamp(text)[0]
    units = _integer(text)
    try:
        return _EPOCH + timedelta(microseconds=units * _MICROSECONDS[notation])
    except OverflowError as error:
        raise Misfit(text) from error


def canonical(read: Any) -> str:
    """The text of what json has read with Decimal for floats: names in order, no blanks, short numbers."""
    match read:
        case dict():
            pairs = (f"{json.dumps(name, ensure_ascii=False)}:{canonical(read[name])}" for name in sorted(read))
            return "{" + ",".join(pairs) + "}"
        case list():
            return "[" + ",".join(map(canonical, read)) + "]"
        case Decimal():
            return f"{read.normalize(_EXACT) if read else Decimal(0):f}"
    return json.dumps(read, ensure_ascii=False)


def _integer(text: str) -> int:
    return int(_number(text, DIGITS, 0))


def _number(text: str, precision: int, scale: int) -> Decimal:
    """Zeros that change nothing are allowed, up to 38 digits before the point and as many behind it.

    What has no digits behind the point has one before it.
    """
    if not _NUMBER.fullmatch(text):
        raise Misfit(text)
    whole, _, fraction = text.lstrip("+-").partition(".")
    if max(len(whole), len(fraction)) > DIGITS or not (whole or scale):
        raise Misfit(text)
    if len(whole.lstrip("0")) > precision - scale or len(fraction.rstrip("0")) > scale:
        raise Misfit(text)
    # There is no -0 among values.
    return Decimal(text) + 0 if Decimal(text) == 0 else Decimal(text)


def _text(text: str, length: int) -> str:
    if len(text) > length:
        raise Misfit(text)
    return text


def _uuid(text: str) -> str:
    if not _UUID.fullmatch(text.lower()):
        raise Misfit(text)
    return text.lower()


def _boolean(text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise Misfit(text)
    return text.lower() in TRUE


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise Misfit(text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Misfit(text) from error


def _exact_timestamp(text: str) -> datetime:
    time, rest = _timestamp(text)
    if rest.strip("0"):
        raise Misfit(text)
    return time


def _timestamp(text: str) -> tuple[datetime, str]:
    """In UTC, and the digits after the sixth of its fraction."""
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        raise Misfit(text)
    fraction = found["fraction"] or ""
    clock = f"{found['time'] or '00:00'}:{found['second'] or '00'}.{fraction[:6]:0<6}"
    try:
        time = datetime.fromisoformat(f"{found['date']} {clock}")
    except ValueError as error:
        raise Misfit(text) from error
    if found["sign"] and datetime(1, 1, 2) <= time < datetime(9999, 12, 30):
        hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
        if hours > 23 or minutes > 59:
            raise Misfit(text)
        offset = timedelta(hours=hours, minutes=minutes)
        time = time - offset if found["sign"] == "+" else time + offset
    return time, fraction[6:]


def _variant(text: str) -> str | None:
    """Its canonical text; JSON's null is NULL."""
    try:
        read = json.loads(text, parse_float=Decimal, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, InvalidOperation) as error:
        raise Misfit(text) from error
    return None if read is None else canonical(read)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise Misfit("a name stands twice")
    return dict(pairs)


def _no_constant(word: str) -> None:
    raise Misfit(word)


_READERS: dict[str, Callable[..., Value]] = {
    "integer": _integer,
    "number": _number,
    "text": _text,
    "uuid": _uuid,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _exact_timestamp,
    "variant": _variant,
}
