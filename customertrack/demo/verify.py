"""Are the tables right? All invariants, and the generator's truth for every key that only its feed has touched."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from customertrack.demo.feed import HomeFeed, file_names, landed_names, slots_in
from customertrack.demo.memory import remembered
from customertrack.demo.truth import AT_ONCE, TruthByKey, truth_today
from customertrack.local.pipeline import Pipeline
from customertrack.reads import events, status
from customertrack.reads.invariants import Invariant, check, parts_that_fit
from customertrack.reads.results import Parts, Row
from generator import Feed
from generator.truth_tables import true_rejects

_MOST_SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """A row that only the table has (`expected` is None) or only the truth has (`found` is None), or that differs.

    `key`: the names of the columns that say which row it is.
    """

    table: str
    key: Sequence[str]
    expected: dict[str, Any] | None
    found: dict[str, Any] | None


@dataclass
class Comparison:
    """The tables beside the truth after so many batches of the feed.

    `keys`, `versions`: rows of the two tables that were compared, `rejects`: of the feed's files. `left_out`: keys that
    were not, because files from elsewhere have touched them, or late rows of theirs are still under way. `differences`
    counts them all, `shown` are the first.
    """

    batches: int
    keys: int = 0
    versions: int = 0
    rejects: int = 0
    left_out: int = 0
    differences: int = 0
    shown: list[Difference] = field(default_factory=list)

    def note(self, difference: Difference) -> None:
        """Count a difference, and keep it if it is one of the first."""
        self.differences += 1
        if len(self.shown) < _MOST_SHOWN:
            self.shown.append(difference)


@dataclass(frozen=True)
class Verdict:
    """What was checked. `truth` is None if there is none to compare with, and `why` says why."""

    invariants: list[Invariant]
    truth: Comparison | None
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether no offence was found."""
        return not any(one.offences.rows for one in self.invariants) and not (self.truth and self.truth.differences)


def verify(pipeline: Pipeline) -> Verdict:
    """Check a dimension of an open home. It only reads."""
    name = pipeline.dimension.name
    parts = parts_that_fit(pipeline.connection, pipeline.dimension.tables, pipeline.home.memory_limit)
    checked = check(pipeline.connection, pipeline.home.project.sql, name, parts=parts)
    made = remembered(pipeline.home, name)
    if made is None:
        return Verdict(checked, None, "no feed of the generator is remembered for this home")
    if pipeline.has_pending():
        return Verdict(checked, None, "landed rows are still pending; the next run or ingest applies them")
    failed = {file.name for file in status.failed_files(pipeline.connection, name)}
    loaded = pipeline.connection.names_taken(pipeline.dimension.pipe) - failed
    slots = slots_in(made.feed, loaded)
    if slots == 0:
        return Verdict(checked, None, "the first batch of the generator's feed has not been loaded")
    if made.feed.label != made.feed.own_label:
        return Verdict(checked, None, "Faker makes other values now than when the feed began")
    return Verdict(checked, _compare(pipeline, made, slots, loaded))


def _compare(pipeline: Pipeline, made: HomeFeed, slots: int, loaded: Set[str]) -> Comparison:
    connection, tables = pipeline.connection, pipeline.dimension.tables
    truth, columns = truth_today(made, pipeline.dimension.definition, slots)
    foreign = sorted(events.event_files(connection, tables.name) - file_names(made.feed, slots))
    truth.leave_out(events.keys_of_files(connection, tables, foreign), _under_way(made.feed, slots, loaded))
    comparison = Comparison(slots, left_out=len(truth.left_out))
    if tables.has_history:
        for expected, found in _side_by_side(truth, columns, events.versions_by_key(connection, tables)):
            comparison.versions += len(found)
            _note(comparison, f"{tables.name}_history", (*truth.key, "valid_from"), columns, expected, found)
    names = (*columns[:-3], "update_timestamp")
    for versions, found in _side_by_side(truth, names, events.current_by_key(connection, tables)):
        expected = [row[:-2] for row in versions if row[-1]]
        comparison.keys += len(found)
        _note(comparison, tables.name, (*truth.key, "update_timestamp"), names, expected, found)
    _compare_rejects(pipeline, made.feed, loaded, comparison)
    return comparison


def _under_way(feed: Feed, slots: int, loaded: Set[str]) -> Set[int]:
    """The numbers of keys with late rows that a run which was cut short has not delivered; of all for a truncate."""
    held_back = feed.held_back(slots - 1)
    if held_back is None or landed_names(feed, held_back.name) & loaded:
        return set()
    return feed.population.touched_by(held_back.rows.ids, slots)


def _side_by_side(truth: TruthByKey, names: Sequence[str], table: Parts) -> Iterator[tuple[list[Row], list[Row]]]:
    """The true versions, and these columns of the table's rows, which lie by key: of some thousand keys at a time."""
    pick = itemgetter(*map(table.columns.index, names))
    rows = map(pick, chain.from_iterable(table.parts))
    by_key = groupby(rows, key=lambda row: row[: len(truth.key)])
    while some := {key: list(of_key) for _, (key, of_key) in zip(range(AT_ONCE), by_key, strict=False)}:
        kept = [key for key in some if key not in truth.left_out]
        yield truth.of_keys(kept), [row for key in kept for row in some[key]]
    for versions in truth.of_others():
        yield versions, []


def _compare_rejects(pipeline: Pipeline, feed: Feed, loaded: Set[str], comparison: Comparison) -> None:
    """The numbers of rejects of the feed's files, file by file."""
    found = events.rejects_by_file(pipeline.connection, pipeline.dimension.tables)
    expected = true_rejects(feed, comparison.batches) if feed.faults.malformed else {}
    for k in range(comparison.batches):
        for name in feed.possible_names(k):
            for landed in landed_names(feed, name) & loaded:
                rows, wanted = found.get(landed, 0), expected.get(name, 0)
                comparison.rejects += rows
                if rows != wanted:
                    names = {"source_file": landed}
                    table = f"{pipeline.dimension.name}_reject"
                    comparison.note(
                        Difference(table, list(names), {**names, "rejects": wanted}, {**names, "rejects": rows})
                    )


def _note(
    comparison: Comparison,
    table: str,
    key: Sequence[str],
    names: Sequence[str],
    expected: list[Row],
    found: list[Row],
) -> None:
    if expected == found:
        return
    identity = itemgetter(*map(names.index, key))
    missing, extra = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    unpaired = {identity(row): row for row in extra}
    for row in missing.elements():
        other = unpaired.pop(identity(row), None)
        comparison.note(Difference(table, key, _named(names, row), _named(names, other)))
    for row in unpaired.values():
        comparison.note(Difference(table, key, None, _named(names, row)))


def _named(names: Sequence[str], row: Row | None) -> dict[str, Any] | None:
    return dict(zip(names, row, strict=True)) if row else None
