"""Rows as files of Parquet, whose columns have the types of the definition; what Parquet has no type for is a text."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.definition import Attribute, Group, Part, Type
from generator.events import NO_FLAW, Rows
from generator.flaws import OP, TIME, Wrong, attribute_field, flaws, key_field, sequence_field
from generator.hashing import Ints
from generator.keys import written
from generator.population import Population, blocks
from generator.said import Numbers, Said
from generator.values import text_of

if TYPE_CHECKING:
    from arro3.core import Array, DataType

# Rows that are laid out by columns at a time.
_ROWS_AT_ONCE = 2**16


class ParquetWriter:
    """Writes them with arro3, which only this module needs."""

    def __init__(self, population: Population) -> None:
        # Where no Parquet is made up, it need not be installed.
        import arro3.core
        import arro3.io

        self._arrow, self._io = arro3.core, arro3.io
        self._population = population
        self._definition = definition = population.definition
        self._flaws = flaws(definition)
        op = definition.op
        self._words = [op.upsert, op.delete, op.truncate] if op else []
        self._pools = {
            attribute.name: self._pool(group, at, attribute)
            for group in definition.groups
            for at, attribute in enumerate(group.attributes)
        }

    def chunks(self, rows: Rows) -> Iterator[bytes]:
        """A file of these rows, whole, as what it begins with does not say what it holds."""
        ranges = blocks(0, max(len(rows), 1) - 1, _ROWS_AT_ONCE)
        batches = [self._batch(rows.pick(slice(part.start, part.stop))) for part in ranges]
        reader = self._arrow.RecordBatchReader.from_batches(batches[0].schema, batches)
        file = io.BytesIO()
        self._io.write_parquet(reader, file, compression="snappy", created_by="generator", skip_arrow_metadata=True)
        yield file.getvalue()

    def _batch(self, rows: Rows) -> Any:
        said = Said(self._population, rows)
        wrong = _wrong_by_field(self._flaws, rows)
        columns = dict(self._columns(said, wrong))
        return self._arrow.RecordBatch.from_pydict(columns)

    def _columns(self, said: Said, wrong: Mapping[str, Mapping[int, Wrong]]) -> Iterator[tuple[str, "Array"]]:
        definition = self._definition
        for at, part in enumerate(definition.key):
            numbers = said.key(at)
            missing = numbers.is_missing | said.is_truncate
            yield part.column, self._key(part, Numbers(numbers.values, missing), wrong.get(key_field(at), {}))
        for group in definition.groups:
            positions = said.positions(group)
            for attribute in group.attributes:
                spoiled = wrong.get(attribute_field(attribute.name), {})
                yield attribute.column, self._attribute(group, attribute, positions, said, spoiled)
        for at, name in enumerate(definition.sequence):
            numbers = said.sequence(at)
            yield name, self._integers(numbers, wrong.get(sequence_field(at), {}))
        for at, part in enumerate(definition.key):
            if part.before:
                yield part.before, self._key(part, said.key_before(at), {})
        if definition.op:
            yield definition.op.column, self._op(said, wrong.get(OP, {}))
        if definition.time:
            yield definition.time, self._time(said, wrong.get(TIME, {}))

    def _pool(self, group: Group, at: int, attribute: Attribute) -> "Array":
        """The values of an attribute, and behind them NULL."""
        values = [row[at] for row in self._population.pools[group.name].rows]
        texts = [None if value is None else text_of(value, attribute.type) for value in values]
        return self._typed([*texts, None], attribute.type)

    def _attribute(
        self, group: Group, attribute: Attribute, positions: Ints, said: Said, wrong: Mapping[int, Wrong]
    ) -> "Array":
        pool = self._population.pools[group.name]
        if not pool.is_numbered and not wrong:
            return self._taken(self._pools[attribute.name], positions)
        kept = np.minimum(positions, len(pool.rows) - 1)
        values = pool.values(group.attributes.index(attribute), kept, said.ids)
        values[positions == len(pool.rows)] = None
        texts = [None if value is None else text_of(value, attribute.type) for value in values.tolist()]
        return self._typed(_spoiled(texts, wrong), attribute.type)

    def _key(self, part: Part, numbers: Numbers, wrong: Mapping[int, Wrong]) -> "Array":
        if part.type.base == "integer":
            return self._integers(Numbers(numbers.values + 1, numbers.is_missing), wrong)
        texts = written(part, numbers.values).astype(object)
        texts[numbers.is_missing] = None
        return self._typed(_spoiled(texts.tolist(), wrong), part.type)

    def _integers(self, numbers: Numbers, wrong: Mapping[int, Wrong]) -> "Array":
        if not wrong and not numbers.is_missing.any():
            return self._arrow.Array.from_numpy(np.ascontiguousarray(numbers.values))
        values = numbers.values.astype(object)
        values[numbers.is_missing] = None
        for at, each in wrong.items():
            values[at] = None if each.text is None else int(each.text)
        return self._arrow.Array(values.tolist(), self._arrow.DataType.int64())

    def _op(self, said: Said, wrong: Mapping[int, Wrong]) -> "Array":
        words = [word for some in self._words for word in some]
        texts = np.array(words, object)[said.words(*map(len, self._words))]
        return self._typed(_spoiled(texts.tolist(), wrong), Type("text"))

    def _time(self, said: Said, wrong: Mapping[int, Wrong]) -> "Array":
        per_unit = {"iso": 1000, "epoch_us": 1000, "epoch_ms": 1, "epoch_s": 1}[self._definition.time_format]
        values = said.moments * per_unit // (1000 if self._definition.time_format == "epoch_s" else 1)
        is_missing = np.zeros(len(values), np.bool_)
        for at, each in wrong.items():
            is_missing[at] = each.text is None
            if each.text is not None:
                values[at] = _whole(each.text)
        whole = self._integers(Numbers(values, is_missing), {})
        return whole.cast(self._arrow.DataType.timestamp("us")) if self._definition.time_format == "iso" else whole

    def _typed(self, texts: Sequence[str | None], kind: Type) -> "Array":
        types = self._arrow.DataType
        if kind.base == "boolean":
            words = {"true": True, "false": False, None: None}
            return self._arrow.Array([words[text] for text in texts], types.bool())
        plain = self._arrow.Array(list(texts), types.utf8())
        target = self._type(kind)
        return plain if target is None else plain.cast(target)

    def _type(self, kind: Type) -> "DataType | None":
        """None: a text."""
        types = self._arrow.DataType
        match kind.base:
            case "number":
                return types.decimal128(*kind.size)
            case "integer":
                return types.decimal128(38, 0)
            case "date":
                return types.date32()
            case "timestamp":
                return types.timestamp("us")
        return None

    def _taken(self, pool: "Array", positions: Ints) -> "Array":
        return pool.take(self._arrow.Array.from_numpy(positions.astype(np.uint32)))


def _wrong_by_field(found: Sequence[Any], rows: Rows) -> dict[str, dict[int, Wrong]]:
    """What is wrong in which rows, by field."""
    wrong: dict[str, dict[int, Wrong]] = {}
    for at in np.flatnonzero(rows.flaws != NO_FLAW).tolist():
        for field, each in found[rows.flaws[at]].fields.items():
            wrong.setdefault(field, {})[at] = each
    return wrong


def _spoiled(texts: list[str | None], wrong: Mapping[int, Wrong]) -> list[str | None]:
    for at, each in wrong.items():
        texts[at] = each.text
    return texts


def _whole(text: str) -> int:
    """A time as a number of the column."""
    return int(text) if text.isdigit() else int(np.datetime64(text, "us").astype(np.int64))
