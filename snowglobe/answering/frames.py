"""What goes over the socket: JSON, each text with its length before it.

Only values can be said in it, so neither side can have the other do anything but what the two modules do.
"""

import json
import socket
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from time import monotonic
from typing import Any

_LENGTH = struct.Struct("!Q")
_AT_ONCE = 1 << 20

# Those of a text come back as they were; JSON has the others.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    Decimal: str,
    bytes: lambda value: b64encode(value).decode(),
    bytearray: lambda value: b64encode(value).decode(),
}
_READ: dict[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "Decimal": Decimal,
    "bytes": b64decode,
    "bytearray": b64decode,
}


class Rubbish(Exception):  # noqa: N818  it is what has come
    """What the other side has sent is none of this."""


def packed(message: object) -> bytes:
    """A message as it is sent. Raises TypeError for a value of a type that no column and no bind has."""
    text = json.dumps(message, default=_tagged, separators=(",", ":")).encode()
    return _LENGTH.pack(len(text)) + text


def receive(sock: socket.socket, longest: int, seconds: float | None) -> Any:
    """The next message; None if the other side has ended.

    Raises Rubbish if it is longer, or is no message, and OSError, as TimeoutError if it is not there in time.
    """
    until = None if seconds is None else monotonic() + seconds
    head = _received(sock, _LENGTH.size, until)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > longest:
        raise Rubbish(f"a message of {length} bytes")
    text = _received(sock, length, until)
    try:
        return None if text is None else json.loads(text, object_hook=_untagged)
    except (ValueError, ArithmeticError, TypeError, KeyError, RecursionError) as error:
        raise Rubbish("a message that is none") from error


def _received(sock: socket.socket, size: int, until: float | None) -> bytes | None:
    parts: list[bytes] = []
    while size:
        if until is not None:
            sock.settimeout(max(until - monotonic(), 0.001))
        part = sock.recv(min(size, _AT_ONCE))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _tagged(value: object) -> dict[str, str]:
    kind = type(value)
    if kind not in _WRITTEN:
        raise TypeError(f"A value of the type {kind.__name__} cannot be sent")
    return {kind.__name__: _WRITTEN[kind](value)}


def _untagged(pairs: dict[str, Any]) -> object:
    if len(pairs) == 1:
        ((kind, text),) = pairs.items()
        if kind in _READ:
            return _READ[kind](text)
    return pairs
