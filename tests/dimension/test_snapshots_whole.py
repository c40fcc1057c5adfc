"""Half a file is never a snapshot, whatever stops a refresh; and what is kept of files that are loaded and purged."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from snowglobe.objects import procedure
from tests.dimension.definitions import LARGE
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.snapshot_files import LANDED, STOCK, snapshot
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.test_snapshots import statuses
from tests.dimension.warehouse import Dimension, dimension, parsed

FIRST = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1")
NEXT = snapshot("2026-01-03", "a,x,2", "b,y,1", "c,new,1", "e,v,1", after=1)
LATE = snapshot("2026-01-02", "a,x,1", "b,late,1", "c,z,1", "d,w,bad", after=2)


def assert_is(made: Dimension, *files: LandedFile) -> None:
    """The tables are what the files make."""
    assert_replayed(tomllib.loads(STOCK), made, replay(tomllib.loads(STOCK), files))


def commit(made: Dimension, file: LandedFile, rows: slice) -> None:
    """Some of a file's rows as a pipe has them that has not come to the file's end."""
    lines = file.content.decode().splitlines()[1:]
    for number, line in list(enumerate(lines, 1))[rows]:
        sku, name, price = line.split(",")
        made.rows(
            "INSERT INTO stock_raw (source_file, source_row, file_modified_at, loaded_at, sku, name, price) SELECT "
            f"'landing/stock/{file.name}', {number}, NULL, CURRENT_TIMESTAMP(), '{sku}', '{name}', '{price}'"
        )


def test_it_waits_for_the_load_history_to_call_a_file_whole():
    with dimension(STOCK) as made:
        made.land([FIRST])
        commit(made, NEXT, slice(2))
        for _ in range(2):
            made.refresh()
            assert statuses(made) == {FIRST.name: "applied", NEXT.name: "loading"}
            assert_is(made, FIRST)
            assert made.rows("SELECT SYSTEM$STREAM_HAS_DATA('stock_backlog_left') AS has") == [{"has": True}]
        commit(made, NEXT, slice(2, None))
        made.refresh()
        assert statuses(made)[NEXT.name] == "loading"
        # All rows are there; nobody says so yet.
        made.rows("DELETE FROM stock_raw WHERE ENDSWITH(source_file, '03.csv')")
        made.drop(NEXT)
        made.refresh()
        assert statuses(made) == {FIRST.name: "applied", NEXT.name: "applied"}
        assert made.rows("SELECT SYSTEM$STREAM_HAS_DATA('stock_backlog_left') AS has") == [{"has": False}]
        assert_is(made, FIRST, NEXT)


def test_other_snapshots_do_not_wait_for_one_that_is_loading():
    with dimension(STOCK) as made:
        commit(made, FIRST, slice(2))
        made.land([NEXT])
        assert statuses(made) == {FIRST.name: "loading", NEXT.name: "applied"}
        assert_is(made, NEXT)


def test_what_the_load_history_has_forgotten_has_been_whole_for_long():
    with dimension(STOCK) as made:
        commit(made, FIRST, slice(None))
        made.refresh()
        assert statuses(made) == {FIRST.name: "loading"}
        made.drop(NEXT._replace(loaded_at=LANDED + timedelta(days=14)))
        made.refresh()
        assert statuses(made) == {FIRST.name: "applied", NEXT.name: "applied"}
        assert_is(made, FIRST, NEXT)


class Stopped(BaseException):
    """What ends a process from outside."""


@contextmanager
def stopped_before(monkeypatch: pytest.MonkeyPatch, statement: int) -> Iterator[list[str]]:
    """The statements that procedures have begun; before the one of this number they are stopped."""
    begun: list[str] = []
    execute = procedure._Executor.execute

    def counted(self: Any, sql: str, params: Sequence[object]) -> Any:
        begun.append(sql)
        if len(begun) == statement:
            raise Stopped
        return execute(self, sql, params)

    with monkeypatch.context() as patched:
        patched.setattr(procedure._Executor, "execute", counted)
        yield begun


# Of the large layout every fifth: few of its statements are others.
@pytest.mark.parametrize(("layout", "step"), [("", 1), (LARGE, 5)])
def test_stopped_before_any_statement_it_is_as_if_it_had_not_begun(
    layout: str, step: int, monkeypatch: pytest.MonkeyPatch
):
    with dimension(STOCK + layout) as made:
        made.land([FIRST, NEXT])
        made.drop(LATE)
        statement, stopped, executed = 1 - step, True, 0
        while stopped:
            statement += step
            with stopped_before(monkeypatch, statement) as begun:
                try:
                    made.rows("CALL pdr_pipeline_scd2_stock()")
                    stopped = False
                except Stopped:
                    made.connection.close()
                    made.connection = made.connect()
                executed = len(begun)
            if stopped:
                assert statuses(made) == {FIRST.name: "applied", NEXT.name: "applied"}
        assert 40 < executed < statement <= executed + step
        assert_is(made, FIRST, NEXT, LATE)


def test_between_the_parts_of_a_late_snapshot_the_tables_are_what_their_events_say(monkeypatch: pytest.MonkeyPatch):
    def named(day: str, name: str, after: int = 0, keys: int = 12, last: str = "") -> LandedFile:
        rows = [f"{key},{name if key < keys else 'first'},1" for key in range(12)]
        return snapshot(day, *rows, after=after)._replace(name=f"stock_{day}{last}.csv")

    first, wrong = named("2026-01-01", "first"), named("2026-01-03", "wrong")
    last = named("2026-01-04", "last", after=1)
    # What this one replaces is replaced for good, and what the two below replace with each part.
    right = named("2026-01-03", "first", after=2, last=".z")
    late, again = named("2026-01-02", "late", after=3, keys=6), named("2026-01-04", "first", after=3, last=".z")
    with dimension(STOCK) as made:
        made.land([first, wrong, last, right])
        made.rows("UPDATE stock_refresh SET most_rows = 3")
        for file in (late, again):
            made.drop(file)
        statement, seen = 0, set[int]()
        while statuses(made).get(late.name) != "applied" or left(made):
            # Enough for a part, and not for two.
            statement = 20 if left(made) else statement + 10
            with stopped_before(monkeypatch, statement), suppress(Stopped):
                made.rows("CALL pdr_pipeline_scd2_stock()")
            made.connection.close()
            made.connection = made.connect()
            seen.add(left(made))
            assert made.offences() == {}
            assert len(made.current()) == 12
        assert_is(made, first, wrong, last, right, late, again)
    assert seen == {0, 1, 2, 3, 4}


def left(made: Dimension) -> int:
    """How many parts of a backlog are left."""
    (row,) = made.rows("SELECT parts - part AS count FROM stock_refresh")
    return row["count"]


def test_a_file_that_is_loaded_again_under_its_name_is_counted_and_changes_nothing():
    with dimension(STOCK) as made:
        made.land([FIRST])
        commit(made, FIRST, slice(None))
        made.land([NEXT])
        (row,) = made.rows("SELECT * FROM stock_snapshot WHERE ENDSWITH(source_file, '01.csv')")
        assert (row["rows_landed"], row["rows_changed"], row["rows_repeated"]) == (8, 4, 4)
        assert_is(made, FIRST, NEXT)


def test_a_purge_takes_what_is_decided_and_nothing_else():
    held, loading = snapshot("2026-01-04", "a,x,1"), snapshot("2026-01-05", "a,x,1", "b,y,1")
    discarded, superseded = snapshot("2026-01-06", "a,x,1"), snapshot("2026-01-01", "a,other,1", "b,y,1")
    superseded = superseded._replace(name="stock_2026-01-01.a.csv")
    with dimension(STOCK) as made:
        made.land([FIRST, superseded, NEXT, held, discarded])
        made.rows(f"CALL discard_stock_snapshot('{discarded.name}', 'anna')")
        commit(made, loading, slice(1))
        made.refresh()
        made.drop(LATE._replace(loaded_at=LANDED + timedelta(days=9)))
        made.rows("CALL pdr_purge_stock_raw(7)")
        left = {row["source_file"].rpartition("/")[2] for row in made.rows("SELECT source_file FROM stock_raw")}
        assert left == {held.name, loading.name, LATE.name}
        assert made.offences() == {}
        made.refresh()
        assert_is(made, FIRST, superseded, NEXT, LATE)


def test_a_stream_that_is_made_anew_brings_what_no_refresh_has_seen():
    with dimension(STOCK) as made:
        made.land([FIRST, snapshot("2026-01-04", "a,x,1")])
        made.drop(NEXT)
        assert made.rows("CALL renew_stock_stream()") == [{"renew_stock_stream": "4 rows taken up"}]
        made.refresh()
        assert_is(made, FIRST, NEXT)
        assert made.rows("CALL renew_stock_stream()") == [{"renew_stock_stream": "0 rows taken up"}]


@pytest.mark.parametrize("order", [*permutations((FIRST, NEXT, LATE))])
def test_what_was_believed_of_each_day_after_each_file(order: tuple[LandedFile, ...]):
    files = [file._replace(loaded_at=LANDED + timedelta(hours=at)) for at, file in enumerate(order)]
    # No guard: in some orders it would hold one of them.
    text = STOCK.replace("max_deleted = 0.5", "max_deleted = 1.0")
    toml = tomllib.loads(text)
    with dimension(text) as made:
        made.land(files)
        for count, file in enumerate(files, 1):
            history = replay(toml, files[:count]).history
            for day in (1, 2, 3):
                time = datetime(2026, 1, day, 12)
                told = made.rows(
                    "SELECT sku, name FROM TABLE(stock_as_known("
                    f"'{time}'::TIMESTAMP_NTZ, '{file.loaded_at}'::TIMESTAMP_NTZ)) ORDER BY sku"
                )
                wanted = [(one.key[0], one.state["name"]) for one in history if one.valid_from <= time < one.valid_to]
                assert [(row["sku"], row["name"]) for row in told] == sorted(wanted), (count, day)


def test_the_time_may_be_that_of_all_rows():
    text = STOCK.replace(r"{ file = 'stock_(\d{4}-\d{2}-\d{2})' }", '"taken_at"')
    right = LandedFile(
        "b.csv", b"sku,taken_at\na,2026-01-01\nb,2026-01-01T00:00:00Z\nb,2026-01-01 01:00:00+01:00\n", LANDED
    )
    wrong = LandedFile("a.csv", b"sku,taken_at\na,2026-01-02\nb,2026-01-03\n", LANDED)
    none = LandedFile("c.csv", b"sku,taken_at\na,2026-01-02\nb,\n", LANDED)
    empty = LandedFile("d.csv", b"sku,taken_at\n", LANDED)
    with dimension(text) as made:
        made.land([empty, right, wrong, none])
        assert statuses(made) == {"a.csv": "held", "b.csv": "applied", "c.csv": "held", "d.csv": "held"}
        found = made.rows("SELECT source_file, reason FROM stock_snapshot WHERE status = 'held'")
        reasons = {row["source_file"].rpartition("/")[2]: row["reason"] for row in found}
        assert reasons == {
            **dict.fromkeys(("a.csv", "c.csv"), "its rows do not all have one time in taken_at"),
            "d.csv": "it has no row, and so no time in taken_at",
        }
        toml = tomllib.loads(text)
        assert_replayed(toml, made, replay(toml, [right, wrong, none]))


SIZE = 'size = { type = "text(5)", since = 2 }\n'


@pytest.mark.parametrize("size", [SIZE, SIZE.replace("2 }", '2, before = "first" }')])
def test_an_attribute_that_is_added_later(size: str):
    """A night that could say it, one that is late and could not, one that is late and could."""
    before, text = tomllib.loads(STOCK), f"{STOCK}{size}"
    after = "sku,name,price,size"
    with dimension(STOCK) as made:
        made.land([FIRST, NEXT])
        made.change(parsed(text)[0])
        made.refresh()
        files = [
            snapshot("2026-01-02", "a,x,1", "b,late,1", "c,z,1", after=2),
            snapshot("2026-01-04", "a,x,2,big", "b,y,1,", "c,new,1,flat", after=3, columns=after),
            snapshot("2026-01-02_b", "a,x,1,big", "b,y,1,", "c,z,1,tiny", after=4, columns=after),
            snapshot("2026-01-05", "a,x,2,big", "b,y,1,odd", "c,new,1,flat", after=5, columns=after),
        ]
        made.land(files)
        assert set(statuses(made).values()) == {"applied", "superseded"}
        landed = [*(file._replace(definition=before) for file in (FIRST, NEXT)), *files]
        assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), landed))
        assert made.offences() == {}
