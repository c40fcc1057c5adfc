"""Changes, Rejects and Refreshes say what the read side says, of the part that the address names; and their files."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from customertrack.console.pages import changes, rejects
from customertrack.console.widgets import plain
from customertrack.described import tables_of
from customertrack.reads import batches, growth, turnover
from customertrack.reads import rejects as rejected
from customertrack.reads.buckets import period
from customertrack.reads.days import days
from tests.console.looked_at import Looked, figures, look, run
from tests.dimension.landed import LandedFile
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import Dimension, dimension
from tests.reads.histories import THING, TYPE_1, files

MARKUP = "<b>*bold*</b> [x](y)"
# So many rows are rejects, 61 of one reason.
BAD = [*(f"x,DE,2026-01-05,,a,{n},1,x" for n in range(60)), f"y,,never,,{MARKUP},1,1,x", "1,DEU,2026-01-05,,a,1,1,x"]
LAST = datetime(2026, 6, 1)


@pytest.fixture(scope="module")
def thing() -> Iterator[Looked]:
    bad = "\n".join(["thing_id,region,changed_at,op,label,start,price,brand", *BAD, ""])
    with dimension(THING) as made:
        made.land([*files(6, number=2), LandedFile("bad <i>.csv", bad.encode(), LAST)])
        yield Looked({"thing": made})


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What a page hands to the browser as files of CSV, by name: the rows."""
    found: dict[str, list[list[str]]] = {}
    button = st.download_button

    def recorded(label: str, data: bytes, file_name: str, *args: Any, **kwargs: Any) -> bool:
        found[file_name] = list(csv.reader(io.StringIO(data.decode(), newline="")))
        return button(label, data, file_name, *args, **kwargs)

    monkeypatch.setattr(st, "download_button", recorded)
    return found


def opened(source: Looked) -> Dimension:
    """The only dimension of a source."""
    (made,) = source.open.values()
    return made


def captions(app: AppTest) -> list[str]:
    return [one.value for one in app.caption]


def test_what_changed_in_the_period_of_the_address(thing: Looked, handed: dict[str, list[list[str]]]):
    made = opened(thing)
    tables, connection = tables_of(made.definition), made.connection
    within = period(datetime(2026, 1, 20), datetime(2026, 2, 9, 23), "day")
    found = turnover.changes(connection, tables, ["label", '"START"'], within)
    app = look(thing, "changes", **{"from": "2026-01-20", "to": "2026-02-09", "bucket": "day"})
    told = {word: sum(getattr(one, word) for one in found.turnover) for word in ("came", "deleted", "returned")}
    assert figures(app) == {
        "Came": str(told["came"]),
        "Changed": str(found.changed),
        "Deleted": str(told["deleted"]),
        "Came back": str(told["returned"]),
    }
    assert found.changed > 0
    counts = dict(zip(("label", "start"), map(str, found.attributes.values()), strict=True))
    assert dict(row[:2] for row in handed["thing_changed_attributes.csv"][1:]) == counts
    turned = handed["thing_turnover.csv"]
    assert turned[0] == ["begin", "came", "changed", "deleted", "came_back"]
    assert [row[0][:10] for row in turned[1:]] == [f"{day:%Y-%m-%d}" for day in within.begins]
    assert sum(int(row[2]) for row in turned[1:]) == found.changed
    last = growth.growth(connection, tables, days(connection, tables), within)[-1]
    assert handed["thing_growth.csv"][-1] == ["2026-02-09 00:00:00", str(last.versions), str(last.rows)]
    busiest = [[str(value) for value in row] for row in growth.busiest(connection, tables, within).rows]
    assert handed["thing_busiest_keys.csv"][1:] == busiest
    assert plain("These begin no version, and are not counted: price, brand.") in captions(app)


def test_a_chosen_period_stands_in_the_address(thing: Looked):
    app = look(thing, "changes", bucket="nonsense", to="yesterday", **{"from": "0001-01-01"})
    assert (app.date_input(key="_from").value, app.selectbox(key="_bucket").value) != (date(1, 1, 1), "nonsense")
    assert app.date_input(key="_from").value == app.date_input(key="_from").min
    app.date_input(key="_from").set_value(date(2026, 2, 1))
    run(app)
    app.selectbox(key="_bucket").select("month")
    run(app)
    assert app.query_params["from"] == "2026-02-01"
    assert app.query_params["bucket"] == "month"
    again = look(thing, "changes", **{"from": "2026-02-01", "bucket": "month"})
    assert figures(again) == figures(app)
    # Hours are too many.
    app = look(thing, "changes", bucket="hour")
    assert [one.value for one in app.info] == ["That would be more than 200 buckets, so each is a day."]
    # What is chosen by itself needs no word in the address.
    app = look(thing, "rejects", reason="invalid_region")
    app.selectbox(key="_reason").select("")
    assert "reason" not in run(app).query_params


def test_more_versions_than_are_compared_in_one_look_are_told(thing: Looked, monkeypatch: pytest.MonkeyPatch):
    made = opened(thing)
    tables, connection = tables_of(made.definition), made.connection
    of_days = days(connection, tables)
    assert of_days.reach is not None
    first, last = of_days.reach
    monkeypatch.setattr(changes, "MOST_COMPARED", 30)
    shown = look(thing, "changes").date_input(key="_from").value
    assert isinstance(shown, date)
    assert first.date() < shown
    assert shown == of_days.newest(last + timedelta(days=1), 30).date()
    app = look(thing, "changes", **{"from": f"{first:%Y-%m-%d}"})
    (told,) = [one.value for one in app.info]
    everything = sum(of_days.begun.values())
    assert told.startswith(f"{everything:,} versions begin in this period, and at most about 30 are compared")
    assert int(figures(app)["Changed"]) <= 30


def test_without_versions_it_is_the_events_that_are_shown(handed: dict[str, list[list[str]]]):
    with dimension(TYPE_1) as made:
        source = Looked({"thing": made})
        assert [one.value for one in look(source, "changes").info] == [
            plain("Nothing has been applied yet. Have files land:")
        ]
        made.land(files(7, number=1))
        app = look(source, "changes", bucket="month")
        (row,) = made.rows("SELECT COUNT_IF(is_delete) AS deletes, COUNT(*) AS events FROM thing_event")
    assert "No versions are kept" in app.info[0].value
    rows = handed["thing_events.csv"][1:]
    assert sum(int(upserts) for *_, upserts, _ in rows) == row["events"] - row["deletes"]
    assert sum(int(deletes) for *_, deletes in rows) == row["deletes"]


def test_rejects_by_reason_and_file(thing: Looked, handed: dict[str, list[list[str]]]):
    app = look(thing, "rejects")
    assert figures(app) == {"Rejects": "62", "Files with rejects": "1"}
    assert handed["thing_reasons.csv"][1:] == [
        ["invalid_thing_id", "61", "98.39"],
        ["invalid_changed_at", "1", "1.61"],
        ["invalid_region", "1", "1.61"],
    ]
    assert handed["thing_files_with_rejects.csv"][1][:4] == ["landing/thing/bad <i>.csv", "62", "62", "100.0"]
    assert captions(app)[-1] == "Rows 1 to 50 of 62, the newest first."
    app.number_input(key="_page").set_value(2)
    run(app)
    assert app.query_params["page"] == "2"
    assert captions(app)[-1] == "Rows 51 to 62 of 62, the newest first."
    app.selectbox(key="_reason").select("invalid_changed_at")
    run(app)
    assert app.query_params["reason"] == "invalid_changed_at"
    assert "page" not in app.query_params
    head, row = handed["thing_rejects.csv"]
    assert dict(zip(head, row, strict=True))["label"] == MARKUP
    assert head[0] == "reject_reasons"


def test_the_rows_of_the_address_are_made_into_a_file_up_to_a_limit(
    thing: Looked, handed: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
):
    made = opened(thing)
    app = look(thing, "rejects", reason="invalid_thing_id", file="landing/thing/bad <i>.csv", page="7")
    assert captions(app)[-1] == "Rows 51 to 61 of 61, the newest first."
    assert "thing_all_rejects.csv" not in handed
    app.button(key="make_csv").click()
    run(app)
    rows = rejected.rejects(made.connection, tables_of(made.definition), 100, rejected.Which("invalid_thing_id")).rows
    assert len(handed["thing_all_rejects.csv"]) == 1 + len(rows) == 62
    monkeypatch.setattr(rejects, "MOST_IN_CSV", 55)
    app = look(thing, "rejects")
    assert app.button(key="make_csv").label == "Make a CSV file of the first 55 of 62 rows"
    app.button(key="make_csv").click()
    run(app)
    assert len(handed["thing_all_rejects.csv"]) == 56
    monkeypatch.setattr(rejects, "_MOST_BYTES", 4_000)
    app = look(thing, "rejects")
    app.button(key="make_csv").click()
    run(app)
    assert app.warning[0].value.startswith(f"The file has only the first {len(handed['thing_all_rejects.csv']) - 1} ")
    assert 1 < len(handed["thing_all_rejects.csv"]) < 56


def test_a_file_without_rejects_has_none(thing: Looked):
    app = look(thing, "rejects", file="landing/thing/another.csv")
    assert app.selectbox(key="_file").value == "landing/thing/another.csv"
    assert [one.value for one in app.info] == [plain("No reject has this reason and is of this file.")]


def test_refreshes_page_by_page_newest_or_slowest_first(thing: Looked, handed: dict[str, list[list[str]]]):
    made = opened(thing)
    for number in range(10, 70):
        made.rows(
            "INSERT INTO thing_batch SELECT b.batch_id + " + str(number) + ", b.started_at, "
            f"DATEADD('second', {number * 37 % 61}, b.finished_at), b.files, b.rows_landed, b.events_accepted, "
            "b.rows_rejected, b.keys_touched, b.keys_late, b.versions_closed, b.versions_opened, b.last_loaded_at "
            "FROM thing_batch AS b WHERE b.batch_id = 1"
        )
    app = look(thing, "refreshes", page="2")
    assert captions(app)[-1] == "Refreshes 51 to 63 of 63."
    app.selectbox(key="_order").select("slowest")
    run(app)
    assert app.query_params["order"] == "slowest"
    head, *rows = handed["thing_refreshes.csv"]
    expected = batches.page(made.connection, "thing", "slowest", 50, 0)
    assert [row[0] for row in rows] == [str(one.batch_id) for one in expected]
    seconds = [float(row[head.index("seconds")]) for row in rows]
    assert seconds == [(one.finished_at - one.started_at).total_seconds() for one in expected]
    assert seconds == sorted(seconds, reverse=True)
    assert "truncates" not in head
    assert sum(int(row[2]) for row in handed["thing_seconds.csv"][1:]) == 63


def test_snapshots_stand_beside_the_refreshes_that_applied_them(handed: dict[str, list[list[str]]]):
    with dimension(STOCK) as made:
        source = Looked({"stock": made})
        assert [one.value for one in look(source, "refreshes").info] == [plain("No refresh has applied anything yet.")]
        made.land([snapshot("2026-05-01", "a,x,1", "b,y,2"), snapshot("2026-05-02", "a,x,1", "b,z,2", after=1)])
        look(source, "refreshes")
    head, *rows = handed["stock_snapshots.csv"]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["batch_id"], row["source_file"][-14:], row["rows_changed"]) for row in told] == [
        ("2", "2026-05-02.csv", "1"),
        ("1", "2026-05-01.csv", "2"),
    ]
    # What a refresh cost in statements is known of a run that applied one batch.
    of_refreshes = [
        dict(zip(handed["stock_refreshes.csv"][0], row, strict=True)) for row in handed["stock_refreshes.csv"][1:]
    ]
    assert [row["refresh"] for row in of_refreshes] == ["2", "1"]
    assert all(int(row["statements"]) > 1 for row in of_refreshes)
