"""Are the tables right? All invariants, and the generator's truth for every customer that only its feed has touched."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from customertrack.demo.feed import HomeFeed, file_names, landed_names, slots_in
from customertrack.demo.memory import remembered
from customertrack.local.pipeline import PIPE, Pipeline
from customertrack.reads import events, invariants, status
from customertrack.reads.invariants import Invariant
from customertrack.reads.results import Row, Table
from generator import Feed, Settings, id_ranges, truth_history
from generator.truth_tables import OPEN_END

# Customers compared at a time: memory follows it, not the size of the tables.
_AT_ONCE = 10_000
_LEAST, _GREATEST = -(10**38 - 1), 10**38 - 1
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """A row that only the table has (`expected` is None) or only the truth has (`found` is None), or that differs."""

    table: str
    expected: dict[str, Any] | None
    found: dict[str, Any] | None


@dataclass
class Comparison:
    """The tables beside the truth after so many batches of the feed.

    `customers`, `versions`: rows of the two tables that were compared. `left_out`: customers that were not, because
    files from elsewhere have touched them, or late rows of theirs are still under way. `differences` counts them all,
    `shown` are the first.
    """

    batches: int
    customers: int = 0
    versions: int = 0
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
    """Check an open home. It only reads."""
    checked = invariants.check(pipeline.connection, pipeline.home.project.sql)
    remembered_feed = remembered(pipeline.home)
    if remembered_feed is None:
        return Verdict(checked, None, "no feed of the generator is remembered for this home")
    if status.counts(pipeline.connection).pending:
        return Verdict(checked, None, "landed rows are still pending; the next run or ingest applies them")
    loaded = _loaded(pipeline)
    feed = remembered_feed.feed()
    slots = slots_in(feed, loaded)
    if slots == 0:
        return Verdict(checked, None, "the first batch of the generator's feed has not been loaded")
    return Verdict(checked, _compare(pipeline, remembered_feed, slots, loaded))


def _loaded(pipeline: Pipeline) -> frozenset[str]:
    failed = {file.name for file in status.failed_files(pipeline.connection)}
    return pipeline.connection.names_taken(PIPE) - failed


def _compare(pipeline: Pipeline, home_feed: HomeFeed, slots: int, loaded: Set[str]) -> Comparison:
    feed = home_feed.feed()
    foreign = sorted(events.event_files(pipeline.connection) - file_names(feed, slots))
    under_way = _under_way(feed, slots, loaded)
    comparison = Comparison(slots)
    for ids in _ranges(home_feed.settings, slots):
        left_out = {key for key in under_way if key in ids}
        left_out |= events.customers_of_files(pipeline.connection, foreign, ids.start, ids.stop - 1)
        comparison.left_out += len(left_out)
        _compare_some(pipeline, home_feed.settings, ids, left_out, comparison)
    return comparison


def _ranges(settings: Settings, slots: int) -> Iterator[range]:
    """All keys: below the feed's, the feed's piece by piece, above the feed's."""
    yield range(_LEAST, 1)
    last = 0
    for ids in id_ranges(settings, slots, _AT_ONCE):
        yield ids
        last = ids.stop - 1
    yield range(last + 1, _GREATEST + 1)


def _under_way(feed: Feed, slots: int, loaded: Set[str]) -> Set[int]:
    """The customers with late rows that a run which was cut short has not delivered."""
    held_back = feed.held_back(slots - 1)
    if held_back is None or landed_names(held_back.name) & loaded:
        return set()
    return set(held_back.rows.ids.tolist())


def _compare_some(
    pipeline: Pipeline, settings: Settings, ids: range, left_out: Set[int], comparison: Comparison
) -> None:
    """Compare both tables for the customers `ids` but those left out."""
    names, expected = _true_versions(settings, comparison.batches, ids)
    expected = [row for row in expected if row[0] not in left_out]
    found = _of(events.versions_between(pipeline.connection, ids.start, ids.stop - 1), names, left_out)
    comparison.versions += len(found)
    _note(comparison, "customer_history", names, expected, found)
    expected = [row[:-2] for row in expected if row[-1]]
    names = (*names[:-3], "update_timestamp")
    found = _of(events.customers_between(pipeline.connection, ids.start, ids.stop - 1), names, left_out)
    comparison.customers += len(found)
    _note(comparison, "customer", names, expected, found)


def _true_versions(settings: Settings, batches: int, ids: range) -> tuple[tuple[str, ...], list[Row]]:
    """The truth's columns, the last valid_from, valid_to and is_current, and its rows; none outside the feed's keys."""
    inside = ids if ids.start >= 1 and ids.stop - ids.start <= _AT_ONCE else range(1, 1)
    columns = truth_history(settings, batches, inside)
    times = {name: columns[name].astype("datetime64[us]") for name in ("valid_from", "valid_to")}
    columns = {**columns, **times, "is_current": columns["valid_to"] == OPEN_END}
    return tuple(columns), list(zip(*(values.tolist() for values in columns.values()), strict=True))


def _of(table: Table, names: Sequence[str], left_out: Set[int]) -> list[Row]:
    """These columns of a table's rows but those of customers left out; customer_id is the first."""
    pick = itemgetter(*(table.columns.index(name) for name in names))
    return [row for row in map(pick, table.rows) if row[0] not in left_out]


def _note(comparison: Comparison, table: str, names: Sequence[str], expected: list[Row], found: list[Row]) -> None:
    if expected == found:
        return
    missing, extra = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    began = names.index("update_timestamp" if table == "customer" else "valid_from")
    unpaired = {(row[0], row[began]): row for row in extra}
    for row in missing.elements():
        other = unpaired.pop((row[0], row[began]), None)
        comparison.note(Difference(table, _named(names, row), _named(names, other)))
    for row in unpaired.values():
        comparison.note(Difference(table, None, _named(names, row)))


def _named(names: Sequence[str], row: Row | None) -> dict[str, Any] | None:
    return dict(zip(names, row, strict=True)) if row else None
