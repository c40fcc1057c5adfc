"""Values as text and in JSON."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from customertrack.cli.show.value import json_ready, printable, text

VALUES: list[tuple[Any, str, Any]] = [
    (None, "", None),
    ("", "", ""),
    ("Ann", "Ann", "Ann"),
    (True, "true", True),
    (0, "0", 0),
    (2**100, str(2**100), 2**100),
    (0.1, "0.1", 0.1),
    (float("nan"), "nan", "nan"),
    (float("inf"), "inf", "inf"),
    (Decimal("1.50"), "1.50", 1.5),
    (Decimal("-7"), "-7", -7),
    (Decimal("0E-8"), "0.00000000", 0),
    (Decimal("0.1234567890123456789"), "0.1234567890123456789", "0.1234567890123456789"),
    (Decimal("NaN"), "NaN", "NaN"),
    (b"\x00\xff", "00FF", "00FF"),
    (date(2026, 1, 2), "2026-01-02", "2026-01-02"),
    (time(3, 4, 5), "03:04:05", "03:04:05"),
    (datetime(2026, 1, 2), "2026-01-02 00:00:00", "2026-01-02 00:00:00"),
    (datetime(2026, 1, 2, 3, 4, 50, 10), "2026-01-02 03:04:50.00001", "2026-01-02 03:04:50.00001"),
    (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00Z", "2026-01-02 00:00:00Z"),
    (datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=2))), "2026-01-01 23:00:00Z", "2026-01-01 23:00:00Z"),
    ([1, Decimal("2"), None], "[1, Decimal('2'), None]", [1, 2, None]),
]


@pytest.mark.parametrize(("value", "as_text", "in_json"), VALUES, ids=[repr(value) for value, *_ in VALUES])
def test_a_value(value: Any, as_text: str, in_json: Any):
    assert text(value) == as_text or isinstance(value, list)
    ready = json_ready(value)
    assert (type(ready), ready) == (type(in_json), in_json)
    assert json.loads(json.dumps(ready, allow_nan=False)) == in_json


@pytest.mark.parametrize("value", [value for value, *_ in VALUES if isinstance(value, datetime)])
def test_a_time_can_be_read_back(value: datetime):
    assert datetime.fromisoformat(text(value)) == value


def test_whatever_breaks_a_line_is_escaped():
    assert printable("a\r\n\t\x1b[31m\u2028é日\xa0") == "a\\r\\n\\t\\x1b[31m\\u2028é日\\xa0"
    assert printable(None) == "NULL"
