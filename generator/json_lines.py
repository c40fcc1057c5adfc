"""Rows as lines of JSON, thousands at a time."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from generator.csv_lines import key_texts, time_texts
from generator.definition import Attribute, Part
from generator.events import Rows
from generator.flaws import OP, TIME, Wrong, attribute_field, key_field, sequence_field
from generator.json_text import json_text, quoted
from generator.json_tree import Leaf, Tree, objects, or_null, tree_of
from generator.lines import LINE_END, MOST_ENTRIES, Entries, LineWriter
from generator.padded import Bytes, column, digits, only, squeezed, table
from generator.pools import Pool
from generator.population import Population
from generator.said import Numbers, Said
from generator.values import Value


class JsonWriter(LineWriter):
    """Writes an object for each row. What a row does not say is not in it."""

    def __init__(self, population: Population) -> None:
        super().__init__(population)
        self._tree = self._made_tree()
        self._entries = {
            attribute.name: _entries(population.pools[group.name], at, self._text)
            for group in self.definition.groups
            for at, attribute in enumerate(group.attributes)
        }
        op = self.definition.op
        self._words = [op.upsert, op.delete, op.truncate] if op else []
        words = [word for some in self._words for word in some]
        self._word_texts = table(map(quoted, words)) if words else None

    def _made_tree(self) -> Tree:
        definition = self.definition
        paths = self._row_paths()
        paths += [(name, sequence_field(at)) for at, name in enumerate(definition.sequence)]
        paths += [(part.before, f"before {at}") for at, part in enumerate(definition.key) if part.before]
        paths += [(definition.op.column, OP)] if definition.op else []
        return tree_of([*paths, (definition.time, TIME)] if definition.time else paths)

    def _row_paths(self) -> list[tuple[str, str]]:
        paths = [(part.column, key_field(at)) for at, part in enumerate(self.definition.key)]
        return [*paths, *((each.column, attribute_field(each.name)) for each in self.definition.attributes)]

    @staticmethod
    def _text(value: Value, attribute: Attribute, turn: int) -> bytes:
        return json_text(value, attribute.type, turn)

    def _lines(self, rows: Rows, wrong: Mapping[str, Wrong]) -> bytes:
        said = Said(self.population, rows)
        spoiled = {field: self._wrong(each, len(rows)) for field, each in wrong.items() if not each.is_left_out}
        leaves = {**dict(self._leaves(said)), **spoiled}
        for field, each in wrong.items():
            if each.is_left_out:
                leaves.pop(field, None)
        return squeezed([*self._documents(said, leaves), column(LINE_END, len(rows))])

    def _documents(self, said: Said, leaves: Mapping[str, Leaf]) -> list[Bytes]:
        return objects(self._tree, leaves, len(said)).parts

    def _wrong(self, wrong: Wrong, rows: int) -> Leaf:
        return Leaf([column(b"null" if wrong.text is None else quoted(wrong.text), rows)])

    def _leaves(self, said: Said) -> Iterator[tuple[str, Leaf]]:
        """The fields of the rows."""
        yield from self._key(said)
        yield from self._attributes(said)
        for at, part in enumerate(self.definition.key):
            if part.before:
                yield f"before {at}", or_null(self._numbers(at, part, said.key_before(at)), len(said))
        for at in range(len(self.definition.sequence)):
            yield sequence_field(at), _sequence(said.sequence(at))
        if self._word_texts is not None:
            yield OP, Leaf([self._word_texts.take(said.words(*map(len, self._words)), axis=0)])
        if self.definition.time:
            yield TIME, self._time(said)

    def _key(self, said: Said) -> Iterator[tuple[str, Leaf]]:
        for at, part in enumerate(self.definition.key):
            leaf = or_null(self._numbers(at, part, said.key(at)), len(said))
            yield key_field(at), Leaf(leaf.parts, ~said.is_truncate if said.is_truncate.any() else None)

    def _attributes(self, said: Said) -> Iterator[tuple[str, Leaf]]:
        for group in self.definition.groups:
            positions, says = said.positions(group), said.says(group)
            for attribute in group.attributes:
                parts = self._entries[attribute.name].of(positions, said.ids)
                yield attribute_field(attribute.name), Leaf(parts, None if says.all() else says)

    def _numbers(self, at: int, part: Part, numbers: Numbers) -> Leaf:
        """A part of the key: a number as that, all else in quotes."""
        parts = key_texts(self.definition, at, numbers)
        if part.type.base not in ("integer", "number"):
            quote = column(b'"', len(numbers.values))
            parts = [quote, *parts, quote]
        return Leaf(parts, ~numbers.is_missing if numbers.is_missing.any() else None)

    def _time(self, said: Said) -> Leaf:
        parts = time_texts(self.definition.time_format, said)
        if self.definition.time_format != "iso":
            return Leaf(parts)
        quote = column(b'"', len(said))
        return Leaf([quote, *parts, quote])


def _sequence(numbers: Numbers) -> Leaf:
    is_there = ~numbers.is_missing
    return or_null(Leaf(only([digits(numbers.values)], is_there), is_there), len(numbers.values))


@lru_cache(maxsize=MOST_ENTRIES)
def _entries(pool: Pool, at: int, text: Callable[[Value, Attribute, int], bytes]) -> Entries:
    """Those of a pool for one attribute of its group, each as `text` has it."""
    texts = [text(row[at], pool.group.attributes[at], turn) for turn, row in enumerate(pool.rows)]
    return Entries(pool, [*texts, b"null"])
