"""The versions of one key as a person looks at them, and what was believed of it."""

import random
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from customertrack.described import tables_of
from customertrack.reads import timeline
from customertrack.reads.belief import belief, differing
from customertrack.reads.events_of_key import Event, Events, events_of
from customertrack.reads.found_keys import Match, Matches, find_keys
from customertrack.reads.landed import landed_row
from customertrack.reads.timeline import Timeline, timeline_of, versions_and_lateness
from tests.dimension.definitions import LARGE
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.warehouse import Dimension, dimension

CUSTOMER = (Path(__file__).parents[2] / "dimensions/customer.toml").read_text(encoding="utf-8")
PRODUCT = (Path(__file__).parents[2] / "dimensions/product.toml").read_text(encoding="utf-8")
PARTIAL = """
dimension = "person"

[feed]
kind    = "changes"
format  = "json"
missing = "keep"
time    = "at"
op      = { column = "op", upsert = ["", "U"], delete = ["D"], truncate = ["T"] }

[key]
id = { type = "integer", before = "was" }

[attributes]
name = { type = "text(40)", was = "called" }
city = "text(40)"
"""


def day(number: int) -> datetime:
    return datetime(2026, 1, number)


@contextmanager
def landed(text: str, *contents: str, names: str = "{}.csv") -> Iterator[Dimension]:
    """A dimension after files, one a day from the first of March on, each with a refresh."""
    with dimension(text) as made:
        for number, content in enumerate(contents, 1):
            made.land([LandedFile(names.format(number), content.encode(), datetime(2026, 3, number))])
        yield made


def of(made: Dimension, *key: object) -> tuple[Events, Timeline]:
    tables = tables_of(made.definition)
    events = events_of(made.connection, tables, key)
    return events, timeline_of(made.connection, tables, key, events)


def place(event: object) -> tuple[str, int] | None:
    return (Path(event.source_file).name, event.source_row) if isinstance(event, Event) else None


HEAD = "customer_id,first_name,city,op,updated_at\n"
STORY = (
    HEAD + "7,Ann,Rome,,2026-01-05\n7,Ann,Rome,,2026-01-10\n7,Carl,Rome,,2026-01-20\n8,Eve,,,2026-01-05\n",
    HEAD + "7,Bob,Bern,,2026-01-12\n7,,,D,2026-01-25\n",
    HEAD + "7,Ann,Rome,,2026-01-05\n7,Dan,,,2026-01-28\n7,,,D,2026-01-30\n",
)


@pytest.fixture(scope="module", params=["", LARGE], ids=["small", "merge_on_read"])
def customer(request: pytest.FixtureRequest) -> Iterator[Dimension]:
    with landed(CUSTOMER + request.param, *STORY) as made:
        yield made


def test_versions_say_what_they_changed_and_where_they_came_from(customer: Dimension):
    events, found = of(customer, 7)
    assert found.total == 4
    told = [
        (one.number, one.valid_from.day, one.values["first_name"], one.changed, one.is_first) for one in found.versions
    ]
    assert told == [
        (1, 5, "Ann", ("first_name", "city"), True),
        (2, 12, "Bob", ("first_name", "city"), False),
        (3, 20, "Carl", ("first_name", "city"), False),
        (4, 28, "Dan", ("first_name",), True),
    ]
    assert [place(one.event) for one in found.versions] == [("3.csv", 1), ("2.csv", 1), ("1.csv", 3), ("3.csv", 2)]
    assert [one.event and one.event.batch_id for one in found.versions] == [3, 2, 1, 3]
    assert [one.valid_to.day for one in found.versions[:3]] == [12, 20, 25]
    assert not found.versions[-1].is_current
    assert (len(events.events), events.is_more) == (8, False)


def test_what_arrived_late_is_marked_and_what_landed_again_is_not(customer: Dimension):
    events, found = of(customer, 7)
    assert [one.number for one in found.versions if one.is_late] == [2]
    assert [place(one) for one in events.events if one.is_late] == [("2.csv", 1)]
    # What a terminal calls late is the same.
    told = versions_and_lateness(customer.connection, tables_of(customer.definition), [7])
    assert [row[-1] for row in told.rows] == [one.is_late for one in found.versions]


def test_gaps_say_what_deleted_the_key(customer: Dimension):
    _, found = of(customer, 7)
    assert [(gap.begins, gap.ends, place(gap.by)) for gap in found.gaps] == [
        (day(25), day(28), ("2.csv", 2)),
        (day(30), None, ("3.csv", 3)),
    ]


def test_times_at_which_something_became_known(customer: Dimension):
    assert of(customer, 7)[0].known_at == [datetime(2026, 3, 1), datetime(2026, 3, 2), datetime(2026, 3, 3)]
    assert of(customer, 8)[0].known_at == [datetime(2026, 3, 1)]


def test_a_key_of_which_nothing_was_said(customer: Dimension):
    events, found = of(customer, 9)
    assert (events.events, found) == ([], Timeline([], [], 0))


def test_keys_are_found_in_either_layout(customer: Dimension):
    tables, connection = tables_of(customer.definition), customer.connection
    assert [match.key for match in find_keys(connection, tables, "EVE").keys] == [(8,)]
    assert find_keys(connection, tables, "carl") == Matches([], False)
    was = find_keys(connection, tables, "carl", also_was=True)
    assert was == Matches([Match((7,), "first_name", "Carl", False)], False)


def test_what_was_believed_and_what_differs(customer: Dimension):
    tables, connection = tables_of(customer.definition), customer.connection
    now, first = (belief(connection, tables, (7,), day(15), *known) for known in ([], [datetime(2026, 3, 1)]))
    assert now
    assert first
    assert (now.values["first_name"], now.updated_at, now.source_row) == ("Bob", day(12), 1)
    assert (first.values["first_name"], first.updated_at, first.source_row) == ("Ann", day(10), 2)
    assert differing(now, first) == ["first_name", "city"]
    assert belief(connection, tables, (7,), day(26)) is None
    before = belief(connection, tables, (7,), day(26), datetime(2026, 3, 1))
    assert before
    assert before.values["first_name"] == "Carl"
    assert differing(None, before) == ["first_name", "city"]
    assert differing(None, None) == []


def test_the_landed_row_until_it_is_purged(customer: Dimension):
    tables, connection = tables_of(customer.definition), customer.connection
    file = "landing/customer/1.csv"
    found = landed_row(connection, tables, file, 3)
    assert found
    assert [row for row in found.rows if row[1]] == [
        ("customer_id", "7"),
        ("first_name", "Carl"),
        ("city", "Rome"),
        ("updated_at", "2026-01-20"),
    ]
    assert landed_row(connection, tables, file, 99) is None


def test_composite_keys_kinds_of_change_and_the_order_of_one_time():
    head = "sku,region,changed_at,op,change_no,name,price,stock,brand\n"
    first = head + "A,DE,2026-01-01,,1,Cup,1.50,5,Acme\nA,DE,2026-01-01,,2,Cup,2.50,6,Acme\nA,,2026-01-01,,1,Any,,,\n"
    with landed(PRODUCT, first, head + "A,DE,2026-01-03,,1,Cup,2.50,9,Bcme\nA,DE,2026-01-04,,1,Mug,2.50,9,\n") as made:
        _, found = of(made, "A", "DE")
        assert [(one.values["name"], one.values["stock"], one.values["brand"]) for one in found.versions] == [
            ("Cup", 9, None),
            ("Mug", 9, None),
        ]
        assert [one.changed for one in found.versions] == [("name", "price", "stock"), ("name",)]
        assert [place(one.event) for one in found.versions] == [("1.csv", 2), ("2.csv", 2)]
        then = belief(made.connection, tables_of(made.definition), ("A", "DE"), day(2))
        assert then
        assert (then.values["stock"], then.values["brand"]) == (6, "Acme")
        assert of(made, "A", "*")[1].total == 1


def test_of_many_versions_the_newest_are_told_with_their_numbers(customer: Dimension, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(timeline, "MOST", 2)
    _, found = of(customer, 7)
    told = [(one.number, one.changed, one.is_first) for one in found.versions]
    assert (told, found.total) == ([(3, ("first_name", "city"), False), (4, ("first_name",), True)], 4)


def test_what_is_said_at_one_time_is_late_each_for_itself():
    """A row without values is no delete, and a value that is not said is none that is NULL."""
    first = HEAD + "7,,,,2026-01-05\n7,Ann,Rome,,2026-01-10\n"
    with landed(CUSTOMER, first, HEAD + "7,,,D,2026-01-05\n") as made:
        assert [place(one) for one in of(made, 7)[0].events if one.is_late] == [("2.csv", 1)]
    first = '{"id":1,"at":"2026-01-05","name":null,"city":"Rome"}\n{"id":1,"at":"2026-01-10","city":"Bern"}\n'
    with landed(PARTIAL, first, '{"id":1,"at":"2026-01-05","city":"Rome"}\n', names="{}.json") as made:
        assert [place(one) for one in of(made, 1)[0].events if one.is_late] == [("2.json", 1)]


def test_partial_rows_renamed_attributes_truncates_and_changes_of_key():
    first = '{"id":1,"at":"2026-01-01","called":"Ann","city":"Rome"}\n{"id":1,"at":"2026-01-03","city":"Bern"}\n'
    second = '{"op":"T","at":"2026-01-05"}\n{"id":2,"was":1,"at":"2026-01-08","name":"Bob"}\n'
    third = '{"id":1,"at":"2026-01-06","name":"Eve","city":null}\n'
    with landed(PARTIAL, first, second, third, names="{}.json") as made:
        events, found = of(made, 1)
        assert [(one.valid_from.day, one.values, one.changed) for one in found.versions] == [
            (1, {"name": "Ann", "city": "Rome"}, ("name", "city")),
            (3, {"name": "Ann", "city": "Bern"}, ("city",)),
            (6, {"name": "Eve", "city": None}, ("name",)),
        ]
        assert [one.event and one.event.unsaid for one in found.versions] == [None, "10", None]
        assert [one.is_late for one in found.versions] == [False, False, True]
        assert [(gap.begins.day, gap.ends, type(gap.by).__name__) for gap in found.gaps] == [
            (5, day(6), "Truncate"),
            (8, None, "Event"),
        ]
        assert len(events.truncates) == 1
        row = landed_row(made.connection, tables_of(made.definition), "landing/person/3.json", 1)
        assert row
        assert row.rows == [("line", third.rstrip())]


def test_random_histories_are_as_the_replay_has_them():
    """Few keys, times and values, so that ties, late rows, no-ops and rows that land again are the rule."""
    drawn = random.Random(12)
    rows = [
        f"{drawn.randint(1, 12)},{drawn.choice('AB')},{drawn.choice(['', 'X'])},{drawn.choice(['', '', '', 'D'])},"
        f"2026-01-{drawn.randint(1, 9):02}\n"
        for _ in range(200)
    ]
    files = [
        LandedFile(f"{name}.csv", (HEAD + "".join(drawn.sample(rows, 40))).encode(), datetime(2026, 3, number))
        for number, name in enumerate(["b", "a", "d", "c"], 1)
    ]
    toml = tomllib.loads(CUSTOMER)
    with dimension(CUSTOMER) as made:
        made.land(files)
        tables, expected = tables_of(made.definition), replay(toml, files)
        for key in sorted({event.key for event in expected.events if event.key}):
            mine = [event for event in expected.events if event.key == key]
            arrived = {event.place: [file.name for file in files].index(event.place[0]) for event in mine}
            late = {
                event.place
                for event in mine
                if any(
                    other.time > event.time
                    and all(
                        arrived[other.place] < arrived[same.place]
                        for same in mine
                        if (same.time, same.kind, same.said) == (event.time, event.kind, event.said)
                    )
                    for other in mine
                )
            }
            events, found = of(made, *key)
            assert {place(event) for event in events.events if event.is_late} == late
            versions = [version for version in expected.history if version.key == key]
            assert [(one.values, one.valid_from, one.valid_to, place(one.event)) for one in found.versions] == [
                (one.state, one.valid_from, one.valid_to, one.place) for one in versions
            ]
            for number, file in enumerate(files):
                then = replay(toml, files[: number + 1]).history
                time = day(drawn.randint(1, 9))
                at = [one.state for one in then if one.key == key and one.valid_from <= time < one.valid_to]
                believed = belief(made.connection, tables, key, time, file.loaded_at)
                assert ([believed.values] if believed else []) == at
