"""What the watch sees of snapshots that are not applied, with no more than it is granted."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from customertrack.dimension.render import render
from customertrack.local.home import DATABASE, VARIABLES
from customertrack.sqltext.statements import split
from customertrack.sqltext.variables import substitute
from lambdas.dimension import Dimension
from lambdas.migrate import grants
from lambdas.watch import loaded, snapshots
from lambdas.watch.feed import landing
from lambdas.watch.files import Landing
from lambdas.watch.watch import use
from lambdas.watch.window import Window
from snowglobe import Connection, FolderBucket, connect
from tests.dimension import warehouse
from tests.dimension.snapshot_files import LANDED, STOCK, snapshot
from tests.lambdas.watched import ERRORS, STORAGE, trusted, values

FIRST = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1")
HELD = snapshot("2026-01-02", "a,x,1")
GRANTS = [
    statement.text
    for statement in split(
        substitute(
            render(warehouse.parsed(STOCK)[0])[grants.SCRIPT],
            {**VARIABLES, "storage_integration": STORAGE, "error_integration": ERRORS},
            grants.SCRIPT,
        )[0],
        grants.SCRIPT,
    )
    if statement.text.startswith("GRANT ")
]


@pytest.fixture
def stock() -> Landing:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "stock.toml").write_text(STOCK)
        return landing(Path(folder), Dimension("stock"), "s3://customertrack-home/landing/")


def as_the_watch(made: warehouse.Dimension) -> Connection:
    trusted(made.connection)
    grants.grant(made.connection, GRANTS)
    made.connection.close()
    session = connect(
        made.folder / "warehouse.duckdb",
        database_name=DATABASE,
        role=VARIABLES["watch_role"],
        buckets={"customertrack-home": FolderBucket(made.folder)},
        clock=lambda: LANDED,
    )
    use(session, DATABASE)
    return session


def test_what_is_held_and_what_has_been_loading_for_an_hour(stock: Landing):
    assert stock.has_snapshots
    with warehouse.dimension(STOCK) as made:
        made.land([FIRST, HELD])
        made.rows(
            "INSERT INTO stock_raw (source_file, source_row, loaded_at, sku) "
            "SELECT 'landing/stock/stock_2026-01-03.csv', 1, CURRENT_TIMESTAMP(), 'a'"
        )
        made.refresh()
        session = as_the_watch(made)
        now = LANDED.replace(tzinfo=UTC)
        soon = snapshots.waiting(session, stock, now + timedelta(minutes=59))
        assert values(soon) == {"SnapshotsHeld": 1, "SnapshotsLoading": 0}
        assert soon[0].note == f"{HELD.name}: it has 1 row, and min_rows is 2"
        late = snapshots.waiting(session, stock, now + timedelta(minutes=61))
        assert values(late) == {"SnapshotsHeld": 1, "SnapshotsLoading": 1}
        assert late[1].note.startswith("stock_2026-01-03.csv: no row has come since 2026-06-01T00:00:0")
        session.close()


def test_a_snapshot_that_changes_nothing_is_not_misread_though_a_row_of_it_is_a_reject(stock: Landing):
    same = snapshot("2026-01-02", "a,x,1", "b,y,1", "c,z,1", "d,w,bad")
    wrong = snapshot("2026-01-03", "a,x,bad", "b,y,bad")
    with warehouse.dimension(STOCK.replace("0.5", "1.0")) as made:
        made.land([FIRST, same, wrong])
        session = as_the_watch(made)
        window = Window.before(datetime(2030, 1, 1, tzinfo=UTC), timedelta(days=3650))
        (metric,) = loaded.misread(session, window, stock)
        session.close()
    assert [line for line in metric.note.splitlines() if "are rejects" in line] == [
        f"{wrong.name}: all of its 2 rows are rejects, such as invalid_price"
    ]


def test_what_is_checked_of_it_may_be_read():
    with warehouse.dimension(STOCK) as made:
        made.land([FIRST, HELD])
        texts = [text for path, text in render(made.definition).items() if path.startswith("invariants/")]
        assert len(texts) == 14
        session = as_the_watch(made)
        assert [session.cursor().execute(text.rstrip().removesuffix(";")).fetchall() for text in texts] == [[]] * 14
        session.close()
