"""Rows as lines of CSV, thousands at a time.

Every cell is looked up, encoded and quoted beforehand, in a table of fixed-width bytes; a block of rows is these
tables' entries side by side. The attributes of a group that lie side by side are one entry.
"""

from codecs import iterencode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from generator.csv_text import CsvText
from generator.definition import Attribute, Definition, Dialect, Group
from generator.events import Rows
from generator.flaws import OP, TIME, Wrong, attribute_field, key_field, sequence_field
from generator.keys import prefix, written
from generator.lines import LINE_END, MOST_ENTRIES, Entries, LineWriter
from generator.padded import Bytes, column, digits, only, squeezed, table, times
from generator.pools import Pool
from generator.population import Population
from generator.said import Numbers, Said
from generator.values import Value, text_of


@dataclass(frozen=True)
class _Run:
    """Attributes of one group that lie side by side."""

    group: Group
    attributes: tuple[Attribute, ...]
    entries: Entries


class CsvWriter(LineWriter):
    """Writes them in a definition's dialect."""

    def __init__(self, population: Population) -> None:
        super().__init__(population)
        self._text = CsvText.of(self.definition)
        self._columns = _columns(self.definition)
        self._runs = {
            attribute_field(run.attributes[0].name): run for run in _runs(population, self._columns, self._text)
        }
        self._null = np.frombuffer((self.definition.null or "").encode(), np.uint8)
        op = self.definition.op
        self._words = [op.upsert, op.delete, op.truncate] if op else []
        self._word_cells = (
            table(self._text.cell(word or None) for words in self._words for word in words) if op else None
        )
        self.header = b"" if self.definition.dialect.columns else _header(self._columns, self._text)

    def chunks(self, rows: Rows) -> Iterator[bytes]:
        """As others are, in the dialect's encoding."""
        encoding = self.definition.dialect.encoding
        if encoding == Dialect().encoding:
            return super().chunks(rows)
        return iterencode((chunk.decode() for chunk in super().chunks(rows)), encoding)

    def _lines(self, rows: Rows, wrong: Mapping[str, Wrong]) -> bytes:
        cells = list(self._cells(Said(self.population, rows), wrong))
        # The first cell has no delimiter before it.
        cells[0] = cells[0][:, len(self._text.empty) :]
        return squeezed([*cells, column(LINE_END, len(rows))])

    def _cells(self, said: Said, wrong: Mapping[str, Wrong]) -> Iterator[Bytes]:
        """The cells of a line in order, each in parts, arrays of (rows, width)."""
        for field, _ in self._columns:
            if run := self._run_of(field):
                yield from self._attributes(said, run, wrong)
            elif field.startswith(attribute_field("")):
                # It came with the run in which it lies.
                continue
            elif field in wrong:
                yield column(self._wrong(wrong[field]), len(said))
            else:
                yield from self._plain(said, field)

    def _run_of(self, field: str) -> _Run | None:
        """The run that begins there."""
        return self._runs.get(field)

    def _wrong(self, wrong: Wrong) -> bytes:
        if wrong.is_left_out:
            return b""
        return self._text.cell(wrong.text, is_quoted=wrong.is_quoted, is_bare=wrong.is_bare)

    def _attributes(self, said: Said, run: _Run, wrong: Mapping[str, Wrong]) -> Iterator[Bytes]:
        fields = [attribute_field(attribute.name) for attribute in run.attributes]
        if any(field in wrong for field in fields):
            cells = (self._wrong(wrong[field]) if field in wrong else self._text.empty for field in fields)
            yield column(b"".join(cells), len(said))
        else:
            yield from run.entries.of(said.positions(run.group), said.ids)

    def _plain(self, said: Said, field: str) -> Iterator[Bytes]:
        kind, _, at = field.partition(" ")
        yield from {
            "key": lambda: self._key(said.key(int(at)), int(at), said),
            "before": lambda: self._before(said.key_before(int(at)), int(at)),
            "sequence": lambda: self._sequence(said.sequence(int(at))),
            OP: lambda: [self._op(said)],
            TIME: lambda: self._time(said),
            "other": lambda: [column(self._text.empty, len(said))],
        }[kind]()

    def _key(self, numbers: Numbers, at: int, said: Said) -> list[Bytes]:
        parts = key_texts(self.definition, at, numbers)
        if said.is_truncate.any():
            parts = only(parts, ~said.is_truncate)
        if numbers.is_missing.any():
            parts = [*only(parts, ~numbers.is_missing), self._null * numbers.is_missing[:, np.newaxis]]
        return [column(self._text.empty, len(said)), *parts]

    def _before(self, numbers: Numbers, at: int) -> list[Bytes]:
        parts = key_texts(self.definition, at, numbers)
        return [column(self._text.empty, len(numbers.values)), *only(parts, ~numbers.is_missing)]

    def _sequence(self, numbers: Numbers) -> list[Bytes]:
        comma = column(self._text.empty, len(numbers.values))
        return [comma, *only([digits(numbers.values)], ~numbers.is_missing)]

    def _op(self, said: Said) -> Bytes:
        assert self._word_cells is not None
        return self._word_cells.take(said.words(*map(len, self._words)), axis=0)

    def _time(self, said: Said) -> list[Bytes]:
        return [column(self._text.empty, len(said)), *time_texts(self.definition.time_format, said)]


def key_texts(definition: Definition, at: int, numbers: Numbers) -> list[Bytes]:
    """The texts of a part of the key, in parts."""
    part = definition.key[at]
    before = prefix(part)
    if before is None:
        return [written(part, numbers.values).astype(bytes).view(np.uint8).reshape(len(numbers.values), -1)]
    return [column(before.encode(), len(numbers.values)), digits(numbers.values + 1)]


def time_texts(form: str, said: Said) -> list[Bytes]:
    """The texts of the times, in parts."""
    moments = said.moments
    match form:
        case "iso":
            return times(moments)
        case "epoch_s":
            return [digits(moments // 1000)]
        case "epoch_ms":
            return [digits(moments)]
    return [digits(moments), column(b"000", len(moments))]


def _columns(definition: Definition) -> Sequence[tuple[str, str]]:
    """The fields of a line and the names of their columns, in order."""
    usual = [(key_field(at), part.column) for at, part in enumerate(definition.key)]
    usual += [(attribute_field(attribute.name), attribute.column) for attribute in definition.attributes]
    usual += [(sequence_field(at), name) for at, name in enumerate(definition.sequence)]
    usual += [(f"before {at}", part.before) for at, part in enumerate(definition.key) if part.before]
    usual += [(OP, definition.op.column)] if definition.op else []
    usual += [(TIME, definition.time)] if definition.time else []
    if not definition.dialect.columns:
        return usual
    fields = {name.lower(): field for field, name in usual}
    return [(fields.get(name.lower(), "other"), name) for name in definition.dialect.columns]


def _header(columns: Sequence[tuple[str, str]], text: CsvText) -> bytes:
    return b"".join(text.cell(name) for _, name in columns)[len(text.empty) :] + LINE_END


def _runs(population: Population, columns: Sequence[tuple[str, str]], text: CsvText) -> Iterator[_Run]:
    attributes = {attribute_field(one.name): one for one in population.definition.attributes}
    group_of = {one.name: group for group in population.definition.groups for one in group.attributes}
    named = [attributes.get(field) for field, _ in columns]
    for group, side_by_side in groupby(named, key=lambda one: group_of[one.name] if one else None):
        if group is None:
            continue
        pool, members = population.pools[group.name], tuple(one for one in side_by_side if one)
        yield _Run(group, members, _entries(pool, members, text))


@lru_cache(maxsize=MOST_ENTRIES)
def _entries(pool: Pool, attributes: tuple[Attribute, ...], text: CsvText) -> Entries:
    """Those of a pool for attributes that lie side by side."""
    places = [pool.group.attributes.index(one) for one in attributes]
    rows = [tuple(row[place] for place in places) for row in pool.rows]
    texts = [_entry(attributes, row, turn, text) for turn, row in enumerate(rows)]
    return Entries(pool, [*texts, text.empty * len(attributes)])


def _entry(attributes: tuple[Attribute, ...], row: tuple[Value, ...], turn: int, text: CsvText) -> bytes:
    return b"".join(_cell(attribute, value, turn, text) for attribute, value in zip(attributes, row, strict=True))


def _cell(attribute: Attribute, value: Value, turn: int, text: CsvText) -> bytes:
    if value is not None:
        return text.cell(text_of(value, attribute.type, turn))
    # In turn an empty field and the word for it, if there is one.
    return text.empty + text.null.encode() if text.null and turn % 2 else text.empty
