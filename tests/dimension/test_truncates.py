"""Truncates, wherever they come to stand: counted, purged, in parts of a backlog, derived again."""

import tomllib

import pytest

from customertrack.reads.refreshes import last_refreshes
from tests.dimension.inputs import FEEDS, UPDATED, WHOLE, assert_counts, csv, orders
from tests.dimension.replay import replay
from tests.dimension.test_rendered import LAYOUTS, assert_replayed
from tests.dimension.warehouse import Dimension, dimension
from tests.sql import statement_counts

# Where a truncate may come to stand: files that land one after the other in every order.
TRUNCATES = {
    "with a smaller sequence than an upsert of its time": [
        ["U,1,,2026-01-05,1,x"],
        ["U,1,,2026-01-10,5,x", "T,,,2026-01-10,3,"],
    ],
    "with a greater one": [["U,1,,2026-01-05,1,x"], ["U,1,,2026-01-10,5,x"], ["T,,,2026-01-10,7,"]],
    "with no sequence": [["U,1,,2026-01-10,,x"], ["T,,,2026-01-10,,"], ["U,1,,2026-01-10,1,y"]],
    "before anything": [["T,,,2026-01-01,1,"], ["U,1,,2026-01-05,1,x"]],
    "behind everything": [
        ["U,1,,2026-01-05,1,x", "U,2,,2026-01-06,1,y"],
        ["D,2,,2026-01-07,1,"],
        ["T,,,2026-01-20,1,"],
    ],
    "two, with something between them": [
        ["U,1,,2026-01-05,1,x"],
        ["T,,,2026-01-10,1,"],
        ["T,,,2026-01-15,1,", "U,1,,2026-01-12,1,x"],
    ],
    "of an empty dimension": [["T,,,2026-01-10,1,"], ["T,,,2026-01-11,1,"]],
    "where a version begins": [
        ["U,1,,2026-01-05,1,x", "U,1,,2026-01-10,1,y"],
        ["T,,,2026-01-10,,"],
        ["U,1,,2026-01-15,1,z"],
    ],
    "where a version ends": [
        ["U,1,,2026-01-05,1,x", "D,1,,2026-01-10,1,"],
        ["T,,,2026-01-10,9,"],
        ["U,1,,2026-01-15,1,z"],
    ],
    "in the gap between two": [
        ["U,1,,2026-01-05,1,x", "D,1,,2026-01-08,1,"],
        ["U,1,,2026-01-15,1,x"],
        ["T,,,2026-01-10,1,"],
    ],
    "a key is new behind it and older": [
        ["T,,,2026-01-10,1,", "U,3,,2026-01-09,1,x"],
        ["U,4,,2026-01-02,1,y"],
        ["U,4,,2026-01-11,1,y"],
    ],
    "with a key, and the key that it had": [
        ["U,1,,2026-01-05,1,x", "U,2,,2026-01-05,1,x", "T,2,1,2026-01-10,1,"],
        ["U,1,,2026-01-15,1,x", "T,,1,2026-01-20,1,", "T,,x,2026-01-21,1,"],
    ],
    "with a key and a time of no sense": [
        ["T,x,,2026-01-10,1,", "T,,,nonsense,1,", "T,,,2026-01-11,z,"],
        ["U,1,,2026-01-05,1,x"],
    ],
}


@pytest.mark.parametrize("where", TRUNCATES)
def test_a_truncate(where: str):
    contents = TRUNCATES[where]
    for at, order in enumerate(orders(len(contents))):
        text = FEEDS[(list(TRUNCATES).index(where) + at) % len(FEEDS)]
        files = [csv(f"{number}.csv", *contents[number]) for number in order]
        with dimension(text) as made:
            for file in files:
                made.land([file])
                made.compact()
            assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), files))
            assert_counts(made, [len(contents[number]) for number in order])


def test_a_truncate_in_order_reads_no_log_and_ends_who_is_present():
    with dimension(WHOLE) as made:
        made.land(
            [csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,,2026-01-05,1,x", "U,3,,2026-01-05,1,x", "D,3,,2026-01-06,1,")]
        )
        made.land([csv("2.csv", "T,,,2026-01-10,1,")])
        (_, last) = made.rows("SELECT * FROM item_batch ORDER BY batch_id")
        assert (last["rows_landed"], last["events_accepted"], last["truncates"]) == (1, 0, 1)
        assert (last["keys_touched"], last["keys_late"], last["versions_closed"], last["versions_opened"]) == (
            2,
            0,
            2,
            0,
        )
        assert made.current() == []


def test_a_truncate_with_as_many_events_as_keys():
    files = [
        csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,,2026-01-05,1,x"),
        csv("2.csv", "T,,,2026-01-10,1,", "U,2,,2026-01-12,1,y", "U,2,,2026-01-13,1,z"),
    ]
    with dimension(WHOLE) as made:
        made.land(files)
        assert_replayed(tomllib.loads(WHOLE), made, replay(tomllib.loads(WHOLE), files))


def test_they_take_no_statement_more():
    expected = statement_counts.statements()
    with dimension(WHOLE) as made:
        made.land([csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,,2026-01-06,1,y")])
        made.land([csv("2.csv", "U,3,1,2026-01-10,1,x", "T,,,2026-01-12,1,", "U,4,,2026-01-13,1,x")])
        made.land([csv("3.csv", "U,1,3,2026-01-07,1,z", "T,,,2026-01-11,1,")])
        _, in_order, late = last_refreshes(made.connection, "item")
    assert in_order.statements == expected["in order, one event for each key"]
    assert late.statements == expected["with late keys"]


@pytest.mark.parametrize("text", [*FEEDS])
def test_a_backlog_with_truncates_and_changes_of_key(text: str):
    toml = tomllib.loads(text)
    first = csv("1.csv", *(f"U,{key},,2026-01-05,1,x" for key in range(12)), "U,20,,2026-01-25,1,x")
    more = [f"U,{key},{key - 1},2026-01-{10 + key},{key % 3},y" for key in range(1, 12)]
    second = csv("2.csv", *more, "T,,,2026-01-14,1,", "U,x,,2026-01-14,1,x", "T,,,2026-01-16,1,")
    with dimension(text) as made:
        made.land([first])
        made.rows("UPDATE item_refresh SET most_rows = 5")
        made.land([second])
        assert_replayed(toml, made, replay(toml, [first, second]))
        parts = made.rows("SELECT * FROM item_batch ORDER BY batch_id")[1:]
        assert len(parts) == 5
        assert sum(part["rows_landed"] for part in parts) == 14
        assert [part["truncates"] for part in parts] == [2, 0, 0, 0, 0]
        assert sum(part["events_accepted"] for part in parts) == 11
        assert made.rows("CALL pdr_rebuild_item()")
        assert_replayed(toml, made, replay(toml, [first, second]))


def leave_a_backlog(made: Dimension, part: int) -> None:
    """The events that have landed are logged, and to be applied in three parts, of which so many are said to be."""
    cursor = made.connection.cursor()
    cursor.execute("UPDATE item_refresh SET batch_id = 7, event_batch_id = 7, parts = 3, part = ?", [part])
    columns = "id, updated_at, n, is_delete, source_file, source_row, loaded_at, a"
    landed = f"SELECT {columns}, 7 FROM v_item_changing_data WHERE NOT is_truncate"
    cursor.execute(f"INSERT INTO item_event ({columns}, batch_id) {landed}")
    cursor.execute("INSERT INTO item_backlog (event_batch_id, parts) VALUES (7, 3)")


def test_while_a_backlog_waits_what_was_truncated_before_it_is_gone():
    first = csv("1.csv", *(f"U,{key},,2026-01-05,1,x" for key in range(12)), "T,,,2026-01-06,1,")
    second = csv("2.csv", *(f"U,{key},,2026-01-12,1,y" for key in range(12)))
    with dimension(WHOLE) as made:
        made.land([first])
        made.drop(second)
        leave_a_backlog(made, part=0)
        assert (len(made.history()), made.current()) == (12, [])
        assert made.offences() == {}
        made.refresh()
        toml = tomllib.loads(WHOLE)
        assert_replayed(toml, made, replay(toml, [first, second]))


def test_a_rebuild_while_a_backlog_is_left_applies_its_truncate_to_no_key_of_what_is_left():
    first = csv("1.csv", *(f"U,{key},,2026-01-05,1,x" for key in range(12)))
    second = csv("2.csv", *(f"U,{key},,2026-01-12,1,y" for key in range(12)), "T,,,2026-01-10,1,")
    with dimension(WHOLE) as made:
        made.land([first])
        made.drop(second)
        leave_a_backlog(made, part=1)
        cursor = made.connection.cursor()
        truncate = "'2026-01-10', 1, 'landing/item/2.csv', 13, NULL, '2026-06-01', 7"
        cursor.execute(f"INSERT INTO item_barrier VALUES ({truncate})")
        cursor.execute("CALL pdr_rebuild_item()")
        assert (12 < len(made.history()) < 24, len(made.current())) == (True, 12)
        assert made.offences() == {}
        made.refresh()
        toml = tomllib.loads(WHOLE)
        assert_replayed(toml, made, replay(toml, [first, second]))


@pytest.mark.parametrize("text", [WHOLE, UPDATED + LAYOUTS[1]])
def test_a_row_that_is_two_events_is_purged_and_taken_up_once(text: str):
    files = [
        csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,1,2026-01-10,1,x"),
        csv("2.csv", "T,,,2026-01-12,1,", "U,x,,2026-01-12,1,x"),
        csv("3.csv", "T,,,2026-01-13,1,", "U,4,3,2026-01-10,1,x"),
    ]
    with dimension(text) as made:
        made.land(files[:2])
        assert made.rows("CALL renew_item_stream()")[0].popitem()[1] == "0 rows taken up"
        made.drop(files[2])
        assert made.rows("CALL renew_item_stream()")[0].popitem()[1] == "2 rows taken up"
        assert made.rows("CALL pdr_purge_item_raw(0)")[0].popitem()[1] == "rows deleted 4"
        made.refresh()
        assert made.rows("CALL pdr_purge_item_raw(0)")[0].popitem()[1] == "rows deleted 2"
        toml = tomllib.loads(text)
        assert_replayed(toml, made, replay(toml, files))


def test_a_truncate_that_is_lost_is_an_offence():
    with dimension(WHOLE) as made:
        made.land([csv("1.csv", "U,1,,2026-01-05,1,x", "U,2,1,2026-01-06,1,x"), csv("2.csv", "T,,,2026-01-10,1,")])
        assert made.offences() == {}
        made.rows("DELETE FROM item_barrier")
        numbers = {path.removeprefix("invariants/")[:2] for path in made.offences()}
        assert numbers == {"03", "08", "09"}
