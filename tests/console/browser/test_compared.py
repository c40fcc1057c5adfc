"""What the pages show is what the warehouse says: figures, tables, and the data of the charts, cell by cell."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from tests.console.browser.asked import Asked
from tests.console.browser.visitor import Visitor
from tests.console.odd_files import BUSIEST, FIRST_ODD, VERSIONS
from tests.console.odd_home import DEFINED, OddHome
from tests.console.odd_values import ODD

pytestmark = pytest.mark.browser

BATCH = "rows_landed, events_accepted, rows_rejected, keys_touched, keys_late, versions_closed, versions_opened"
ATTRIBUTES = "first_name, last_name, email, street, city, state, country"
# Seconds from when something was true to when it was loaded, and what the next ones are called.
LATENESS = {
    0: "ahead of its time",
    60: "within a minute",
    3_600: "within an hour",
    86_400: "within a day",
    7 * 86_400: "within a week",
    30 * 86_400: "within 30 days",
    365 * 86_400: "within a year",
}


def of(csv: Sequence[Sequence[str]], columns: str) -> list[list[str]]:
    """Some columns of a CSV, in this order."""
    header = csv[0]
    places = [header.index(column.strip()) for column in columns.split(",")]
    return [[row[place] for place in places] for row in csv[1:]]


def test_the_overview(visitor: Visitor, warehouse: Asked):
    visitor.open("", dimension="customer")
    tables = {
        "Rows landed": "customer_raw", "Events": "customer_event", "Rejects": "customer_reject", "Keys": "customer",
        "Versions": "customer_history", "Pending": "customer_table_changes",
    }  # fmt: skip
    counted = {label: int(warehouse.one(f"SELECT COUNT(*) FROM {name}")) for label, name in tables.items()}
    figures = visitor.figures()
    assert {label: figures[label] for label in counted} == {label: f"{count:,}" for label, count in counted.items()}
    csvs = visitor.csvs()
    applied = warehouse(f"SELECT batch_id, started_at, finished_at, files, {BATCH} FROM customer_batch ORDER BY 1")
    columns = f"first_refresh, started_at, finished_at, files, {BATCH}"
    assert of(csvs["customer_refreshes.csv"], columns) == applied
    assert of(csvs["customer_versions_made.csv"], columns) == applied
    ((file, reason),) = of(csvs["customer_failed_files.csv"], "file, reason")
    assert (file, reason) == (
        "landing/customer/07_broken.csv", "line 2: a quoted field begins in this record and is never closed",
    )  # fmt: skip
    times = warehouse("SELECT updated_at, loaded_at FROM customer_event")
    late = Counter(lateness(*map(datetime.fromisoformat, each)) for each in times)
    found = {word: int(events) for word, events in csvs["customer_lateness.csv"][1:]}
    assert {word: events for word, events in found.items() if events} == late


def lateness(updated_at: datetime, loaded_at: datetime) -> str:
    seconds = (loaded_at.replace(microsecond=0) - updated_at.replace(microsecond=0)).total_seconds()
    return next((word for least, word in LATENESS.items() if seconds < least), "later")


def test_what_is_held_is_told(visitor: Visitor, warehouse: Asked):
    visitor.open("", dimension="stock")
    ((file, reason),) = warehouse("SELECT source_file, reason FROM stock_snapshot WHERE status = 'held'")
    name = file.rpartition("/")[2]
    assert f"The snapshot {name} is held" in visitor.text()
    assert reason in visitor.text()
    assert f"discard --dimension stock {name}" in visitor.text()
    visitor.turn_to("Refreshes")
    csvs = visitor.csvs()
    assert of(csvs["stock_refreshes.csv"], f"refresh, started_at, {BATCH}") == warehouse(
        f"SELECT batch_id, started_at, {BATCH} FROM stock_batch ORDER BY 1 DESC"
    )
    applied = warehouse("SELECT source_file, snapshot_at, rows_landed FROM stock_snapshot WHERE status = 'applied'")
    assert sorted(of(csvs["stock_snapshots.csv"], "source_file, snapshot_at, rows_landed")) == sorted(applied)


def test_the_rejects(visitor: Visitor, warehouse: Asked):
    visitor.open("rejects", dimension="customer")
    visitor.hands.press("Make a CSV file of all 260 rows")
    csvs = visitor.csvs()
    header, *rows = csvs["customer_all_rejects.csv"]
    every = warehouse(f"SELECT {', '.join(header)} FROM customer_reject ORDER BY source_row")
    assert sorted(rows, key=lambda row: int(row[header.index("source_row")])) == every
    assert {"customer_id", "reject_reasons", "source_file"} <= set(header)
    # A value that is nothing but blanks of several kinds is none that a browser would change.
    assert {row[header.index("customer_id")] for row in rows} >= set(ODD.values())
    assert csvs["customer_rejects.csv"][1:] == rows[:50]
    reasons = Counter(reason for row in rows for reason in row[header.index("reject_reasons")].split(", "))
    assert {reason: int(count) for reason, count, _ in csvs["customer_reasons.csv"][1:]} == reasons
    over_time = csvs["customer_reasons_over_time.csv"]
    sums = {reason: sum(int(row[place]) for row in over_time[1:]) for place, reason in enumerate(over_time[0]) if place}
    assert sums == reasons
    (file,) = of(csvs["customer_files_with_rejects.csv"], "file, rejects, rows_landed")
    assert file == ["landing/customer/06_rejects.csv", "260", "261"]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("rejects", ["customer_rejects", "customer_reasons", "customer_files_with_rejects"]),
        ("changes", ["customer_busiest_keys"]),
        ("refreshes", ["customer_refreshes"]),
        ("definition", ["customer_key", "customer_attributes", "customer_objects"]),
    ],
)
def test_what_is_seen_of_a_table_is_what_is_downloaded(page: str, names: Sequence[str], visitor: Visitor):
    visitor.open(page, dimension="customer")
    for name in names:
        csv, cells = visitor.csv(name), visitor.cells(name)
        assert {row for row, _, _ in cells} >= set(range(1, min(len(csv), 8)))
        assert [cell for cell in cells if cell[2] != csv[cell[0]][cell[1] - 1]] == []


def test_a_key_of_many_versions(visitor: Visitor, warehouse: Asked):
    visitor.open("one_key", dimension="customer", key=str(BUSIEST))
    assert "2,000 versions" in visitor.text()
    versions = visitor.csv(f"customer_{BUSIEST}_versions")
    wanted = f"valid_from, {ATTRIBUTES}, source_file, source_row"
    every = warehouse(
        f"SELECT {wanted} FROM customer_history WHERE customer_id = ? ORDER BY valid_from DESC", str(BUSIEST)
    )
    assert len(every) == VERSIONS
    assert of(versions, wanted) == every[: len(versions) - 1]
    assert len(versions) > 1000


@pytest.mark.parametrize("oddity", ["a script", "lines", "an override of direction", "long", "blanks around"])
def test_a_key_with_odd_values(oddity: str, visitor: Visitor, warehouse: Asked):
    key = str(FIRST_ODD + list(ODD).index(oddity))
    visitor.open("one_key", dimension="customer", key=key)
    csvs = visitor.csvs()
    ((first_name, street, email),) = of(csvs[f"customer_{key}_versions.csv"], "first_name, street, email")
    assert (first_name, street) == (ODD[oddity][:256], ODD[oddity])
    assert [[first_name, street, email]] == warehouse(
        "SELECT first_name, street, email FROM customer WHERE customer_id = ?", key
    )
    assert dict(csvs["customer_landed_row.csv"][1:])["street"] == ODD[oddity]


def test_the_changes(visitor: Visitor, warehouse: Asked):
    visitor.open("changes", dimension="customer")
    csvs = visitor.csvs()
    busiest = csvs["customer_busiest_keys.csv"][1:]
    assert busiest[0] == [str(BUSIEST), str(VERSIONS)]
    counts = dict(warehouse("SELECT customer_id, COUNT(*) FROM customer_history GROUP BY 1"))
    assert [versions for _, versions in busiest] == [counts[key] for key, _ in busiest]
    assert sorted((int(count) for count in counts.values()), reverse=True)[: len(busiest)] == [
        int(versions) for _, versions in busiest
    ]
    last = csvs["customer_growth.csv"][-1]
    assert last[1:] == [warehouse.one(f"SELECT COUNT(*) FROM {name}") for name in ("customer_history", "customer")]
    changed = {name: int(count) for name, count, _ in csvs["customer_changed_attributes.csv"][1:]}
    assert changed == {name: differing(name, warehouse) for name in ATTRIBUTES.split(", ")}


def differing(attribute: str, warehouse: Asked) -> int:
    """How many versions have another value of it than the one that they touch."""
    return int(
        warehouse.one(
            f"""SELECT COUNT(*) FROM customer_history AS h INNER JOIN customer_history AS b
            ON h.customer_id = b.customer_id AND h.valid_from = b.valid_to
            WHERE h.{attribute} IS DISTINCT FROM b.{attribute}"""
        )
    )


def test_the_definition(visitor: Visitor, odd: OddHome):
    visitor.open("definition", dimension="stock")
    shown = visitor.page.locator("[data-testid=stCode]").first.inner_text()
    assert shown.split() == DEFINED["stock"].split()
    made_by = {file for (file,) in of(visitor.csv("stock_objects"), "made_by")}
    assert made_by <= {path.name for path in Path(odd.project, "sql/stock").iterdir()}
    assert len(made_by) > 5
