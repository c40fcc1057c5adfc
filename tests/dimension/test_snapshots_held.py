"""Snapshots that are held: which, and what is decided of them."""

import tomllib
from itertools import permutations

import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.snapshot_files import LANDED, STOCK, snapshot
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.test_snapshots import statuses
from tests.dimension.warehouse import Dimension, dimension

FIRST = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1")


def reason(made: Dimension, file: LandedFile) -> str | None:
    """Why it is held."""
    (row,) = made.rows(f"SELECT reason FROM stock_snapshot WHERE ENDSWITH(source_file, '/{file.name}')")
    return row["reason"]


def decide(made: Dimension, word: str, file: LandedFile) -> str:
    """What the procedure says."""
    (row,) = made.rows(f"CALL {word}_stock_snapshot('{file.name}', 'anna')")
    return next(iter(row.values()))


def decisions(made: Dimension) -> list[tuple[str, str, str]]:
    found = made.rows("SELECT * FROM stock_snapshot_decision ORDER BY decided_at")
    return [(row["source_file"].rpartition("/")[2], row["decision"], row["decided_by"]) for row in found]


def assert_is(made: Dimension, *files: LandedFile) -> None:
    """The tables are what the files make that count."""
    assert_replayed(tomllib.loads(STOCK), made, replay(tomllib.loads(STOCK), files))


# Each of a day of its own, on which it is held whatever was before.
HELD = [
    (snapshot("2026-01-02", "a,x,1"), "it has 1 row, and min_rows is 2"),
    (snapshot("2026-01-03"), "it has 0 rows, and min_rows is 2"),
    (LandedFile("stock_2026-01-04.csv", b"", LANDED), "it has 0 rows, and min_rows is 2"),
    (snapshot("2026-01-05", "a,x,1", "e,v,1"), "it would end 3 of 4 keys, and max_deleted is 0.5"),
    (snapshot("2026-01-06", "a,x,1", "b,y,1", ",z,1", "d,w,1"), "the key of row 3 cannot be read"),
    (snapshot("2026-01-07", "a,x,1", "b,y,1", "c,z,1", "long,w,1"), "the key of row 4 cannot be read"),
    (snapshot("2026-02-31", "a,x,1", "b,y,1"), "there is no one time in its name"),
    (snapshot("today", "a,x,1", "b,y,1"), "there is no one time in its name"),
    (snapshot("2026-01-08_stock_2026-01-09", "a,x,1", "b,y,1"), "there is no one time in its name"),
    (snapshot("2026-06-03", "a,x,1", "b,y,1"), "its time is in the future"),
    # Cut in the middle of a key: a new one, and the one that it was is gone.
    (snapshot("2026-01-10", "a,x,1", "bb,y"), "it would end 3 of 4 keys, and max_deleted is 0.5"),
]


def test_what_is_wrong_with_a_snapshot_holds_it_whole():
    with dimension(STOCK) as made:
        made.land([FIRST])
        for file, why in HELD:
            made.land([file])
            # A file without a row wakes no task.
            made.rows("CALL pdr_pipeline_scd2_stock()")
            assert (file.name, reason(made, file)) == (file.name, why)
            assert statuses(made)[file.name] == "held"
            assert len(made.current()) == 4
        assert_is(made, FIRST)
        # What comes later does not wait for them.
        last = snapshot("2026-01-20", "a,x,1", "b,y,2", "c,z,1", "d,w,1", "e,new,1")
        made.land([last])
        assert_is(made, FIRST, last)


def test_what_is_cut_behind_a_key_holds_nothing():
    cut = snapshot("2026-01-02", "a,x,1", "b,y")
    with dimension(STOCK) as made:
        made.land([FIRST, cut])
        assert (reason(made, cut), statuses(made)[cut.name]) == (None, "applied")
        assert_is(made, FIRST, cut)


def test_the_replay_takes_neither_of_two_dates_in_a_name():
    two, same = (snapshot(f"2026-01-02_stock_2026-01-0{day}", "a,x,1", "b,y,1") for day in (3, 2))
    assert replay(tomllib.loads(STOCK), [two, same]).held == [two.name]


def test_a_file_that_is_no_csv_leaves_nothing():
    with dimension(STOCK) as made:
        made.land([FIRST, LandedFile("stock_2026-01-02.csv", b'sku,name,price\na,"x', LANDED)])
        assert statuses(made) == {FIRST.name: "applied"}
        assert_is(made, FIRST)


def test_the_share_itself_is_allowed_and_the_first_snapshot_ends_nothing():
    half = snapshot("2026-01-02", "a,x,1", "b,y,1")
    with dimension(STOCK) as made:
        made.land([FIRST, half])
        assert set(statuses(made).values()) == {"applied"}
        assert_is(made, FIRST, half)


def test_of_a_late_one_the_keys_just_before_it_count():
    """It would end 2 of 2 that were there, and 2 of 4 of today."""
    first, last = snapshot("2026-01-01", "a,x,1", "b,y,1"), snapshot("2026-01-03", "a,x,1", "b,y,1", "c,z,1", "d,w,1")
    late = snapshot("2026-01-02", "c,z,1", "d,w,1")
    with dimension(STOCK) as made:
        made.land([first, last, late])
        assert reason(made, late) == "it would end 2 of 2 keys, and max_deleted is 0.5"
        assert_is(made, first, last)


def test_of_those_that_land_together_each_is_judged_by_the_one_before_it_in_time():
    """The last would end 3 of the 4 keys that there were when it landed, and ends 1 of 2."""
    half, other = snapshot("2026-01-02", "a,x,1", "b,y,1"), snapshot("2026-01-03", "a,x,1", "e,v,1")
    with dimension(STOCK) as made:
        made.land([FIRST])
        made.land([other, half], each=False)
        assert set(statuses(made).values()) == {"applied"}
        assert_is(made, FIRST, half, other)


LATE = snapshot("2026-01-02", "a,x,1", "b,new,1", "b,newer,1", "q,t,bad")
AFTER = snapshot("2026-01-03", "a,x,1", "b,y,1", "c,z,1", "d,w,2", "q,t,1")
TIGHT = STOCK.replace("0.5", "0.4")


def test_a_release_applies_it_late_and_exactly():
    with dimension(TIGHT) as made:
        made.land([FIRST, LATE, AFTER])
        assert statuses(made)[LATE.name] == "held"
        assert made.rejects() == {}
        assert (
            decide(made, "release", LATE)
            == f"released: landing/stock/{LATE.name} (4 rows); it ends 2 keys, and 1 row is new or changed"
        )
        assert decide(made, "release", LATE) == f"released already: landing/stock/{LATE.name}"
        made.refresh()
        assert decide(made, "release", LATE) == f"released already: landing/stock/{LATE.name}"
        assert statuses(made)[LATE.name] == "applied"
        assert decisions(made) == [(LATE.name, "release", "anna")]
        assert_is(made, FIRST, LATE, AFTER)
        # Before its release nobody knew.
        known = made.rows(
            "SELECT k.name FROM TABLE(stock_as_known(TO_TIMESTAMP_NTZ('2026-01-02', 'YYYY-MM-DD'), "
            "(SELECT MAX(loaded_at) FROM stock_snapshot))) AS k WHERE k.sku = 'b'"
        )
        assert known == [{"name": "y"}]
        made.rows("CALL pdr_rebuild_stock()")
        assert_is(made, FIRST, LATE, AFTER)


def test_a_discard_leaves_it_out_for_ever():
    with dimension(TIGHT) as made:
        made.land([FIRST, LATE, AFTER])
        told = (
            f"discarded: landing/stock/{LATE.name} (4 rows); it would have ended 2 keys, and 1 row was new or changed"
        )
        assert [decide(made, "discard", LATE) for _ in range(2)] == [
            told,
            f"discarded already: landing/stock/{LATE.name}",
        ]
        assert decide(made, "release", LATE).startswith("refused: the snapshot landing/stock/")
        made.rows("CALL pdr_pipeline_scd2_stock()")
        assert decisions(made) == [(LATE.name, "discard", "anna")]
        assert_is(made, FIRST, AFTER)


def test_what_cannot_be_decided_is_refused_and_changes_nothing():
    wrong = snapshot("2026-02-31", "a,x,1", "b,y,1")
    with dimension(STOCK) as made:
        made.land([FIRST, wrong])
        before = statuses(made)
        for file, word in (
            (FIRST, "release"), (FIRST, "discard"), (snapshot("2020-01-01"), "release"), (wrong, "release")
        ):  # fmt: skip
            assert decide(made, word, file).startswith("refused: ")
            assert statuses(made) == before
        assert decisions(made) == []


def test_an_unreadable_key_can_only_be_discarded():
    file = snapshot("2026-01-02", "a,x,1", "b,y,1", ",z,1")
    with dimension(STOCK) as made:
        made.land([FIRST, file])
        assert decide(made, "release", file).startswith("refused: the key of row 3 cannot be read, and nobody knows")
        assert decide(made, "discard", file).startswith("discarded: ")
        assert_is(made, FIRST)


ONE, OTHER = snapshot("2026-01-02_a", "a,1,1"), snapshot("2026-01-02_b", "a,2,1", "b,2,1", "c,2,1", "d,2,1")


@pytest.mark.parametrize("order", [0, 1])
def test_of_two_of_one_time_the_one_that_sorts_first_cannot_be_released_over_the_other(order: int):
    with dimension(STOCK) as made:
        made.land([FIRST, *((ONE, OTHER), (OTHER, ONE))[order]])
        assert statuses(made) == {FIRST.name: "applied", ONE.name: "held", OTHER.name: "applied"}
        assert decide(made, "release", ONE).startswith("refused: another snapshot of the time")
        assert_is(made, FIRST, OTHER)


def test_of_two_of_one_time_the_one_that_sorts_last_counts_once_it_is_released():
    kept, held = (
        snapshot("2026-01-02_a", "a,1,1", "b,1,1", "c,1,1", "d,x,bad"),
        snapshot("2026-01-02_b", "a,2,1", "e,1,1"),
    )
    with dimension(STOCK) as made:
        made.land([FIRST, held, kept])
        assert statuses(made) == {FIRST.name: "applied", kept.name: "applied", held.name: "held"}
        decide(made, "release", held)
        made.refresh()
        assert statuses(made) == {FIRST.name: "applied", kept.name: "superseded", held.name: "applied"}
        assert_is(made, FIRST, kept, held)


# In the one that lands last a is another, and in the next one as before, though a row of it was a reject.
NOT_SPARED = {
    "by the one that counts of that time": [
        snapshot("2026-01-01", "a,x,1", "b,y,1"),
        snapshot("2026-01-03_a", "a,x,bad", "b,y,1"),
        snapshot("2026-01-03_b", "a,x,1", "b,y,1"),
        snapshot("2026-01-02", "a,new,1", "b,y,1"),
    ],
    "by another row of the file": [
        snapshot("2026-01-01", "a,x,1", "b,y,1"),
        snapshot("2026-01-03", "a,x,1", "a,x,bad", "b,y,1"),
        snapshot("2026-01-04", "a,x,1", "b,y,1"),
        snapshot("2026-01-02", "a,new,1", "b,y,1"),
    ],
}


@pytest.mark.parametrize("story", NOT_SPARED)
def test_what_is_told_is_not_spared(story: str):
    with dimension(STOCK) as made:
        made.land(NOT_SPARED[story])
        assert_is(made, *NOT_SPARED[story])


# A fifth of all orders: any of them are drawn in test_snapshots.py, where nothing is released.
@pytest.mark.parametrize("order", [*permutations(range(4))][::5])
def test_in_any_order_with_spared_keys_and_one_that_is_released(order: tuple[int, ...]):
    """d is a reject in the one between, c is gone there."""
    open_guard = STOCK.replace("0.5", "1.0")
    files = [
        FIRST,
        snapshot("2026-01-02", "a,x,1", "b,other,1", "d,w,bad"),
        snapshot("2026-01-03", "a,x,2"),
        snapshot("2026-01-04", "a,x,2", "b,y,1", "c,z,1", "d,w,1"),
    ]
    with dimension(open_guard) as made:
        made.land([files[at] for at in order])
        assert statuses(made)[files[2].name] == "held"
        assert_replayed(tomllib.loads(open_guard), made, replay(tomllib.loads(open_guard), files))
        decide(made, "release", files[2])
        made.refresh()
        toml = tomllib.loads(open_guard.replace("min_rows = 2", "min_rows = 1"))
        assert_replayed(toml, made, replay(toml, files))
