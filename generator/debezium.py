"""Rows as Debezium's change events in JSON, an envelope a line (debezium.io, "Data change events" of a connector)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import numpy as np

from generator.definition import Attribute
from generator.events import DELETE, INSERT, TOMBSTONE, Rows
from generator.flaws import OP, TIME, Wrong, sequence_field
from generator.hashing import Ints
from generator.json_lines import JsonWriter
from generator.json_text import json_text, quoted
from generator.json_tree import Leaf, Tree, objects, or_null, tree_of
from generator.padded import Bytes, Mask, column, digits, only
from generator.population import Population
from generator.said import Said
from generator.values import Value

# What stands where the source's log does not have a value.
UNAVAILABLE = b'"__debezium_unavailable_value"'
_CONNECTORS = {"postgres": "postgresql", "mysql": "mysql", "sqlserver": "sqlserver", "oracle": "oracle"}
_BEFORE, _AFTER = "before", "after"
_CONNECTOR, _TABLE = "connector", "table"
# The time of the change again, and when Debezium saw it.
_TIME_MS, _SEEN = "time in ms", "seen"
_EPOCH = date(1970, 1, 1)
# How the number of a change is cut where a connector has several.
_FILE = 10**9


class DebeziumWriter(JsonWriter):
    """Writes `before`, `after`, `source`, `op`, and a null behind each delete. The first batch is a snapshot's.

    Before a delete are the parts of the key alone, as PostgreSQL has them by default.
    """

    def __init__(self, population: Population) -> None:
        super().__init__(population)
        definition = self.definition
        self._before = tree_of([(part.column, f"key {at}") for at, part in enumerate(definition.key)])
        self._after = tree_of(self._row_paths())
        constants = {_CONNECTOR: _CONNECTORS[definition.connector], _TABLE: definition.name}
        self._constants = {field: quoted(text) for field, text in constants.items()}

    def _made_tree(self) -> Tree:
        source = [(f"source.{name}", name) for name in (_CONNECTOR, _TABLE)]
        source += [("source.ts_ms", _TIME_MS), ("source.ts_us", TIME)]
        source += [(f"source.{name}", field) for name, field in _positions(self.definition.connector)]
        return tree_of([(_BEFORE, _BEFORE), (_AFTER, _AFTER), *source, ("op", OP), ("ts_ms", _SEEN)])

    @staticmethod
    def _text(value: Value, attribute: Attribute, turn: int) -> bytes:
        """JSON as the text that the database has, and dates as the connector's modes have them."""
        if value is not None and attribute.type.base == "variant":
            return quoted(str(value))
        if isinstance(value, date) and not isinstance(value, datetime):
            return b"%d" % (value - _EPOCH).days if turn % 2 else quoted(f"{value}Z")
        return json_text(value, attribute.type, turn)

    def _lines(self, rows: Rows, wrong: Mapping[str, Wrong]) -> bytes:
        # Either time is good by itself.
        both = {TIME: wrong[TIME], _TIME_MS: wrong[TIME]} if TIME in wrong else {}
        return super()._lines(rows, {**wrong, **both})

    def _documents(self, said: Said, leaves: Mapping[str, Leaf]) -> list[Bytes]:
        rows = len(said)
        gone = said.rows.ops == DELETE
        before = Leaf(objects(self._before, leaves, rows).parts, gone)
        after = Leaf(objects(self._after, leaves, rows).parts, said.is_upsert)
        whole = {**leaves, _BEFORE: or_null(before, rows), _AFTER: or_null(after, rows)}
        parts = objects(self._tree, whole, rows).parts
        is_tombstone = said.rows.ops == TOMBSTONE
        if not is_tombstone.any():
            return parts
        return [*only(parts, ~is_tombstone), *only([column(b"null", rows)], is_tombstone)]

    def _leaves(self, said: Said) -> Iterator[tuple[str, Leaf]]:
        rows = len(said)
        yield from self._key(said)
        for field, leaf in self._attributes(said):
            yield field, leaf if leaf.is_there is None else Leaf(_or_unavailable(leaf.parts, leaf.is_there))
        for field, text in self._constants.items():
            yield field, Leaf([column(text, rows)])
        yield OP, Leaf([_op(said)])
        moments = digits(said.moments)
        yield _TIME_MS, Leaf([moments])
        yield _SEEN, Leaf([moments])
        yield TIME, Leaf([moments, column(b"000", rows)])
        yield from _numbered(self.definition.connector, said.sequence(0).values, rows)


def _or_unavailable(parts: list[Bytes], says: Mask) -> list[Bytes]:
    return [*only(parts, says), *only([column(UNAVAILABLE, len(says))], ~says)]


def _op(said: Said) -> Bytes:
    """r for what is read in a snapshot, the first batch; c, u, d, t else."""
    rows = said.rows
    letters = np.frombuffer(b"cudtd", np.uint8)[rows.ops]
    letters = np.where((rows.batches == 0) & (rows.ops == INSERT), ord("r"), letters).astype(np.uint8)
    quote = np.full_like(letters, ord('"'))
    return np.stack([quote, letters, quote], axis=1)


def _positions(connector: str) -> list[tuple[str, str]]:
    """The members that say where a change stands in the source's log, and their fields, the deciding one first."""
    names = {
        "postgres": ["lsn"],
        "mysql": ["file", "pos", "row"],
        "sqlserver": ["commit_lsn", "change_lsn", "event_serial_no"],
        "oracle": ["commit_scn", "scn", "ssn"],
    }[connector]
    return [(name, sequence_field(at)) for at, name in enumerate(names)]


def _numbered(connector: str, numbers: Ints, rows: int) -> Iterator[tuple[str, Leaf]]:
    """Those members, for numbers that rise with the changes."""
    quote, one, zero = column(b'"', rows), column(b"1", rows), column(b"0", rows)
    high, low = np.divmod(numbers, _FILE)
    low += 1
    match connector:
        case "postgres":
            members = [[digits(numbers)]]
        case "mysql":
            members = [[column(b'"binlog.', rows), digits(high), quote], [digits(low)], [zero]]
        case "sqlserver":
            lsn = [quote, *_hexadecimal(numbers), quote]
            members = [lsn, lsn, [one]]
        case _:
            scn = [quote, digits(numbers), quote]
            members = [scn, scn, [zero]]
    for at, parts in enumerate(members):
        yield sequence_field(at), Leaf(parts)


def _hexadecimal(numbers: Ints) -> list[Bytes]:
    """As SQL Server writes an LSN: 00000039:00000b80:0003."""
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)

    def written(values: Ints, width: int) -> Bytes:
        return np.stack([letters[(values >> (4 * at)) & 15] for at in reversed(range(width))], axis=1)

    colon = column(b":", len(numbers))
    return [written(numbers >> 32, 8), colon, written(numbers & 0xFFFFFFFF, 8), colon, column(b"0001", len(numbers))]
