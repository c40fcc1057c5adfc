"""Both layouts of a dimension: one becomes the other wherever that is stopped, and nobody sees a compaction."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest

from customertrack.dimension.render import render
from customertrack.migrations import Notice
from snowglobe.errors import ProgrammingError
from tests.dimension.definitions import LARGE, SMALL, THING, changed
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import Dimension, dimension, parsed

# Late events are derived from an anchor, or from the log; some attributes are the key's.
THINGS = {
    "anchored": changed((', change = "update"', "")),
    "from the log": f'{THING}size = {{ type = "integer", change = "keep" }}\n',
}
BEGINNING = datetime(2026, 6, 1)
TABLES = ("thing_state", "thing_closed", "thing_recent", "thing_recent_closed", "thing_superseded")


def file(number: int) -> LandedFile:
    """Events of four keys: in order and changed back, a little late, later with each file, deletes, at random."""
    rows = [
        f"1,DE,name {number % 2},{number},{number},,2026-01-{number % 21 + 10}",
        f"1,,late {number},1,{number},,2026-01-{10 + number % 3} 12:00:00",
        f"2,DE,name {number % 2},{number},1,,2026-03-{31 - number % 31}",
        f"3,DE,name {number},1,1,{'D' if number % 3 == 2 else ''},2026-02-{number % 28 + 1:02}",
        f"4,DE,name {number},{number},{number},,2026-01-{10 + number * 7 % 15}",
    ]
    text = "thing_id,region,name,price,size,op,changed_at\n" + "".join(f"{row}\n" for row in rows)
    return LandedFile(f"{number:02}.csv", text.encode(), BEGINNING + timedelta(hours=number))


FILES = tuple(file(number) for number in range(90))


def applied(made: Dimension) -> list[LandedFile]:
    """The files that the log has."""
    found = made.rows("SELECT DISTINCT source_file FROM thing_event")
    names = {row["source_file"].rpartition("/")[2] for row in found}
    return [file for file in FILES if file.name in names]


def assert_is_right(text: str, made: Dimension) -> None:
    """The tables are the replay of the files that the log has."""
    toml = tomllib.loads(text)
    assert_replayed(toml, made, replay(toml, applied(made)))


class Stopped(BaseException):
    """What ends a migration from outside."""


def stopping(seen: set[tuple[str, int]], within: str) -> Callable[[Notice], None]:
    """Ends a migration after each file, and after each statement of the one that is named, but not twice there."""

    def tell(notice: Notice) -> None:
        place = notice.subject, -1 if notice.kind == "applied" else notice.done
        if place not in seen and (notice.kind == "applied" or notice.subject == within):
            seen.add(place)
            raise Stopped

    return tell


def compact(made: Dimension) -> None:
    """Run the task of the compaction if it is there: while the layout is being changed no definition says so."""
    if any(row["name"].lower() == "thing_compact_task" for row in made.rows("SHOW TASKS")):
        assert made.connection.run_task("thing_compact_task").state == "SUCCEEDED"


@pytest.mark.parametrize("thing", THINGS)
def test_one_layout_becomes_the_other_wherever_it_is_stopped(thing: str):
    """There and back; wherever it is stopped, a file lands, and a refresh and a compaction run."""
    text = THINGS[thing]
    files = iter(FILES)
    with dimension(text) as made:
        # What moves the rows is stopped after each statement, once.
        within = "R__13_recent.sql" if thing == "anchored" else ""
        for after, inside, least in ((LARGE, "", 5), (SMALL, within, 13 if within else 5)):
            made.land([next(files), next(files)])
            compact(made)
            made.land([next(files)])
            stops: set[tuple[str, int]] = set()
            while True:
                try:
                    made.change(parsed(text + after)[0], stopping(stops, inside))
                except Stopped:
                    made.rows("USE SCHEMA customertrack.dimension")
                    made.land([next(files)])
                    assert_is_right(text, made)
                    compact(made)
                else:
                    break
            assert len(stops) >= least
            made.refresh()
            assert len(applied(made)) == made.rows("SELECT COUNT(DISTINCT source_file) AS n FROM thing_raw")[0]["n"]
            assert_is_right(text, made)


def test_what_a_layout_has_left_is_gone():
    text = THINGS["anchored"]
    with dimension(text + LARGE) as made:
        made.land(FILES[:3])
        made.change(parsed(text + SMALL)[0])
        for name in (*TABLES[2:], "thing_compaction", "v_thing_state", "v_thing_closed"):
            with pytest.raises(ProgrammingError, match="does not exist"):
                made.rows(f"SELECT * FROM {name}")
        assert len(made.rows("SHOW TASKS")) == 2
        made.land(FILES[3:5])
        made.change(parsed(text)[0])
        assert_is_right(text, made)
        # As if it had never been another one.
        made.change(parsed(text + LARGE)[0])
        made.land(FILES[5:7])
        assert_is_right(text, made)


def contents(made: Dimension) -> dict[str, Counter[str]]:
    """The rows of all tables that states and closed versions are kept in."""
    return {table: Counter(map(str, made.rows(f"SELECT * FROM {table}"))) for table in TABLES}


def test_a_refresh_writes_what_the_batch_brings():
    """Late events too: what compactions have written stays as it is, the rest is only appended to."""
    with dimension(THINGS["anchored"] + LARGE) as made:
        made.land(FILES[:6])
        made.compact()
        made.land(FILES[6:8])
        before = contents(made)
        made.land(FILES[8:9])
        after = contents(made)
        for table in TABLES[:2]:
            assert after[table] == before[table] != Counter()
        for table in TABLES[2:]:
            assert after[table] > before[table]
        keys = 5
        assert after["thing_recent"].total() == before["thing_recent"].total() + keys
    refresh = render(made.definition)["R__50_refresh.sql"]
    written = re.findall(r"^ *(?:DELETE FROM|UPDATE|MERGE INTO|INSERT OVERWRITE INTO) (\w+)", refresh, re.MULTILINE)
    assert {table for table in written if "_work_" not in table} == {"thing_refresh", "thing_backlog"}


def test_a_compaction_waits_until_there_is_enough_to_move():
    rows = [f"{key},DE,a,1,1,,2026-01-01\n" for key in range(500)]
    header = "thing_id,region,name,price,size,op,changed_at\n"

    def of(name: str, rows: Sequence[str]) -> LandedFile:
        return LandedFile(name, (header + "".join(rows)).encode(), BEGINNING)

    with dimension(THINGS["anchored"] + LARGE) as made:
        made.land([of("a.csv", rows)])
        assert [made.compact(), made.compact()] == ["rows moved 500", "rows moved 0"]
        # There is no closed version yet, so the first is enough; of states it takes five.
        made.land([of("b.csv", [row.replace(",a,", ",b,").replace("-01-01", "-01-02") for row in rows[:4]])])
        assert made.compact() == "rows moved 4"
        made.land([of("c.csv", [row.replace(",a,", ",c,").replace("-01-01", "-01-03") for row in rows[4:5]])])
        assert [made.compact(), made.compact()] == ["rows moved 6", "rows moved 0"]
        assert len(made.rows("SELECT * FROM thing_state")) == len(rows)


def statements_of_a_compaction(made: Dimension, until_batch_id: int) -> list[str]:
    """Those that it executes between BEGIN and COMMIT, up to a batch."""
    text = render(made.definition)["R__48_compact.sql"].replace(":until_batch_id", str(until_batch_id))
    found = re.findall(r"^ +((?:UPDATE|DELETE FROM|INSERT INTO) .*?);$", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 8
    return found


def test_nobody_sees_a_compaction():
    """Neither half of it, nor one that does not take the last batch because that came while it ran."""
    text = THINGS["from the log"]
    with dimension(text + LARGE) as made:
        made.land(FILES[:5])
        made.compact()
        made.land(FILES[5:8])
        shown = made.history(), made.current()
        last = made.rows("SELECT batch_id FROM thing_refresh")[0]["batch_id"]
        with made.connect() as other:
            other.cursor().execute("BEGIN TRANSACTION")
            for statement in statements_of_a_compaction(made, last - 1):
                other.cursor().execute(statement)
                assert (made.history(), made.current()) == shown
            other.cursor().execute("COMMIT")
        left = made.rows("SELECT DISTINCT batch_id FROM thing_recent UNION SELECT batch_id FROM thing_superseded")
        assert left == [{"batch_id": last}]
        assert_is_right(text, made)
        made.land(FILES[8:10])
        assert_is_right(text, made)


def test_refreshes_and_compactions_at_the_same_time():
    text = THINGS["from the log"]
    with dimension(text + LARGE) as made, made.connect() as other:
        said: list[str] = []
        ended = Event()

        def compacting() -> None:
            while not ended.wait(0.05):
                said.append(str(other.run_task("thing_compact_task").return_value))

        thread = Thread(target=compacting)
        thread.start()
        try:
            made.land(FILES[:6])
        finally:
            ended.set()
            thread.join()
        assert len(set(said) - {"None", "rows moved 0"}) > 1
        assert_is_right(text, made)


def test_a_layout_that_is_changed_half_way_can_be_changed_back():
    """Nothing is appended any more once the rows are moved; and again when the layout that appends is back."""
    text = THINGS["anchored"]

    def stop_behind_the_rows(notice: Notice) -> None:
        if (notice.kind, notice.subject) == ("applied", "R__13_recent.sql"):
            raise Stopped

    with dimension(text + LARGE) as made:
        made.land(FILES[:3])
        with pytest.raises(Stopped):
            made.change(parsed(text + SMALL)[0], stop_behind_the_rows)
        made.rows("USE SCHEMA customertrack.dimension")
        made.land(FILES[3:4])
        assert len(applied(made)) == 3
        assert made.rows("SELECT * FROM thing_recent") == []
        made.change(parsed(text + LARGE)[0])
        made.refresh()
        assert len(applied(made)) == 4
        assert_is_right(text, made)


def test_a_compaction_moves_an_attribute_as_soon_as_a_refresh_writes_it():
    """A deploy that is stopped behind the refresh has brought the compaction already."""
    text = THINGS["anchored"] + LARGE

    def stop_behind_the_refresh(notice: Notice) -> None:
        if (notice.kind, notice.subject) == ("applied", "R__50_refresh.sql"):
            raise Stopped

    with dimension(text) as made:
        made.land(FILES[:3])
        more = parsed(text.replace("[storage]", 'size = { type = "integer", since = 2 }\n\n[storage]'))[0]
        with pytest.raises(Stopped):
            made.change(more, stop_behind_the_refresh)
        made.rows("USE SCHEMA customertrack.dimension")
        made.land(FILES[3:4])
        shown = made.rows("SELECT * FROM thing ORDER BY thing_id, region")
        assert 3 in {row["size"] for row in shown}
        assert made.compact() != "rows moved 0"
        assert made.rows("SELECT * FROM thing ORDER BY thing_id, region") == shown
