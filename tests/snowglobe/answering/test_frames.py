"""What goes over the socket comes as it went, or is told from what does."""

import socket
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from snowglobe.answering.frames import Rubbish, packed, receive

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        10**38,
        0.1,
        float("inf"),
        "",
        '\0"\\\u2028😀\u202e',
        Decimal("1.50"),
        Decimal("-0"),
        b"",
        bytes(range(256)),
        date(1, 1, 1),
        time(23, 59, 59, 1),
        datetime(2026, 1, 2, 3, 4, 5, 678901),
        datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        [[1, "a"], [Decimal(1), [b"x"]]],
    ],
)
def test_a_value_comes_as_it_went(pair: Pair, value: object):
    pair[0].sendall(packed({"rows": [value], "datetime": 1}))
    assert (found := receive(pair[1], 1000, 1)) == {"rows": [value], "datetime": 1}
    assert type(found["rows"][0]) is type(value)
    assert str(found["rows"][0]) == str(value)


def test_messages_follow_each_other(pair: Pair):
    pair[0].sendall(packed(1) + packed("two") + packed([])[:-1])
    pair[0].close()
    assert [receive(pair[1], 100, 1) for _ in range(3)] == [1, "two", None]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"Decimal": "x"}', b'{"datetime": 1}', b'{"bytes": "x"}'])
def test_what_is_no_message(pair: Pair, text: bytes):
    pair[0].sendall(struct.pack("!Q", len(text)) + text)
    with pytest.raises(Rubbish):
        receive(pair[1], 100, 1)


def test_one_that_is_too_long_is_not_waited_for(pair: Pair):
    pair[0].sendall(struct.pack("!Q", 101))
    with pytest.raises(Rubbish, match="101 bytes"):
        receive(pair[1], 100, 1)


def test_one_that_never_comes_whole(pair: Pair):
    pair[0].sendall(packed("a")[:-1])
    with pytest.raises(TimeoutError):
        receive(pair[1], 100, 0.01)


def test_a_value_of_no_known_type_is_not_sent():
    with pytest.raises(TypeError, match="of the type set"):
        packed({1})
