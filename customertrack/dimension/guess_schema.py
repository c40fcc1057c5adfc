"""What the schema beside an event of Debezium's says of the fields of its row.

Debezium's documentation has the names: "Temporal types", "Decimal types" of each connector.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

_DATES = ("io.debezium.time.Date", "org.apache.kafka.connect.data.Date")
_DECIMAL, _VARIABLE = "org.apache.kafka.connect.data.Decimal", "io.debezium.data.VariableScaleDecimal"
_JSON = "io.debezium.data.Json"
_COUNTED = {
    "io.debezium.time.Timestamp": "milliseconds since 1970",
    "io.debezium.time.MicroTimestamp": "microseconds since 1970",
    "io.debezium.time.NanoTimestamp": "nanoseconds since 1970",
    "org.apache.kafka.connect.data.Timestamp": "milliseconds since 1970",
    "io.debezium.time.Time": "milliseconds since midnight",
    "io.debezium.time.MicroTime": "microseconds since midnight",
    "io.debezium.time.NanoTime": "nanoseconds since midnight",
    "org.apache.kafka.connect.data.Time": "milliseconds since midnight",
}
_ISO = "time.precision.mode = isostring at the source writes them as a text, of which a timestamp is read"
_BYTES = "bytes, to be rejects; decimal.handling.mode = string at the source writes numbers"


@dataclass(frozen=True)
class SaidField:
    """What a field is, by its name in the registry of types. `scale`: digits behind the point of a decimal."""

    kind: str
    scale: int

    def plain(self, value: Any) -> Any:
        """A value as it is meant: a date or a number as its text, JSON as what it holds."""
        with suppress(ValueError, OverflowError, binascii.Error, TypeError, KeyError):
            if self.kind in _DATES and isinstance(value, int):
                return (date(1970, 1, 1) + timedelta(days=value)).isoformat()
            if self.kind == _DECIMAL and isinstance(value, str):
                return _decimal(value, self.scale)
            if self.kind == _VARIABLE and isinstance(value, dict):
                return _decimal(value["value"], int(value["scale"]))
            if self.kind == _JSON and isinstance(value, str):
                return json.loads(value)
        return value

    def doubt(self, value: Any) -> str:
        """Why a value is not read as it is meant; "" if it is."""
        if self.kind in _COUNTED and isinstance(value, int):
            return f"{_COUNTED[self.kind]}; {_ISO}"
        written = (self.kind == _DECIMAL and isinstance(value, str)) or (self.kind == _VARIABLE and bool(value))
        return _BYTES if written else ""


def fields_beside(document: Any) -> Mapping[str, SaidField]:
    """The fields of the row in a document that have a kind of their own, if a schema stands beside it."""
    if isinstance(document, dict) and "schema" not in document:
        document = document.get("value")
    schema = document.get("schema") if isinstance(document, dict) else None
    fields = _fields(schema)
    row = next((_fields(field) for field in fields if field.get("field") == "after"), [])
    named = row or fields
    return {str(one.get("field")): SaidField(str(one["name"]), _scale(one)) for one in named if one.get("name")}


def _fields(schema: Any) -> list[dict[str, Any]]:
    fields = schema.get("fields") if isinstance(schema, dict) else None
    return [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []


def _scale(field: Mapping[str, Any]) -> int:
    parameters = field.get("parameters")
    scale = str(parameters.get("scale", "")) if isinstance(parameters, dict) else ""
    return int(scale) if scale.isdecimal() else 0


def _decimal(written: str, scale: int) -> str:
    """Kafka Connect's Decimal: a whole number in two's complement, the first byte first."""
    whole = int.from_bytes(base64.b64decode(written, validate=True), signed=True)
    return f"{Decimal(whole).scaleb(-scale):f}"
