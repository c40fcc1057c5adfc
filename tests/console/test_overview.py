"""The Overview says what the read side says, and first what needs somebody."""

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from customertrack.console.widgets import plain
from customertrack.reads.last_check import LastCheck, Offence
from tests.console.looked_at import Looked, figures, look, run
from tests.dimension.landed import LandedFile
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import dimension
from tests.reads.test_overview import JUNE, TYPE_1, TYPE_2, files

FIRST = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1")
SMALL = snapshot("2026-01-02", "a,x,1", after=1)


def test_the_figures_of_a_dimension_with_history():
    with dimension(TYPE_2) as made:
        made.land(files()[:2])
        made.drop(files()[2])
        app = look(Looked({"price": made}), "overview")
    assert figures(app) == {
        "Rows landed": "5",
        "Events": "3",
        "Rejects": "1",
        "Keys": "2",
        "Versions": "3",
        "Pending": "1",
        "The last refresh": "1.00 s",
        "Usual": "1.00 s",
        "Longest": "1.00 s",
    }
    assert [one.value for one in app.text] == [
        "The newest row that is applied was loaded at 2026-06-01 01:00:00 UTC.",
        "The oldest row that is pending was loaded at 2026-06-01 02:00:00 UTC.",
    ]
    said = "3 events and 1 reject, by refresh, from 2026-06-01 00:00:01 UTC to 2026-06-01 01:00:01 UTC."
    assert plain(said) in [one.value for one in app.caption]
    assert app.code[0].value == "customertrack verify"


def test_without_history_there_are_no_versions():
    with dimension(TYPE_1) as made:
        made.land(files()[:1])
        app = look(Looked({"price": made}), "overview")
    assert "Versions" not in figures(app)
    assert "Versions made" not in [one.value for one in app.subheader]


def test_a_held_snapshot_comes_with_the_commands_that_decide():
    with dimension(STOCK) as made:
        made.land([FIRST, SMALL])
        here = look(Looked({"stock": made}, "customertrack --home 'my home'"), "overview")
        in_an_account = look(Looked({"stock": made}, program=""), "overview")
    (held,) = here.warning
    since = "The snapshot stock_2026-01-02.csv is held since 2026-06-01 01:00:00 UTC"
    assert held.value == plain(f"{since}: it has 1 row, and min_rows is 2. Nothing of it is applied.")
    assert here.code[0].value.splitlines() == [
        f"customertrack --home 'my home' {word} --dimension stock stock_2026-01-02.csv"
        for word in ("release", "discard")
    ]
    assert in_an_account.code[0].value.splitlines() == [
        f"CALL {word}_stock_snapshot('stock_2026-01-02.csv', CURRENT_USER());" for word in ("release", "discard")
    ]
    assert "The watch checks" in in_an_account.info[0].value


def test_a_held_snapshot_that_cannot_be_released_comes_with_the_other_command_alone():
    with dimension(STOCK) as made:
        made.land([FIRST, snapshot("2026-01-02", "a,x,1", ",y,1", after=1)])
        here = look(Looked({"stock": made}, "customertrack"), "overview")
    assert here.code[0].value == "customertrack discard --dimension stock stock_2026-01-02.csv"


def test_a_file_that_was_not_loaded_is_told():
    with dimension(TYPE_2) as made:
        made.land([*files()[:1], LandedFile("bad.csv", b'sku,region,price,at\na,"x', JUNE + timedelta(hours=1))])
        app = look(Looked({"price": made}), "overview")
    assert app.warning[0].value.startswith("1 file could not be loaded.")
    assert app.dataframe[0].value["file"].tolist() == ["landing/price/bad.csv"]


def test_what_the_last_check_found_and_what_was_applied_since():
    good = LastCheck(datetime(2026, 6, 1, 3), 1, 11, (), "the table equals the truth", True)
    bad = LastCheck(datetime(2026, 6, 1, 3), 2, 11, (Offence(2, "versions do not overlap", 7),), "2 rows not", False)
    with dimension(TYPE_2) as made:
        made.land(files()[:2])
        before = look(Looked({"price": made}, checks={"price": good}), "overview")
        after = look(Looked({"price": made}, checks={"price": bad}), "overview")
    assert [one.value for one in before.success] == [
        plain("All 11 invariants hold. Checked at 2026-06-01 03:00:00 UTC, after refresh 1, and the last is 2 now."),
        plain("Truth: the table equals the truth."),
    ]
    when = "Checked at 2026-06-01 03:00:00 UTC, after refresh 2; nothing was applied since."
    assert [one.value for one in after.error] == [
        plain(f"1 of 11 invariants do not hold. {when}"),
        plain("Truth: 2 rows not."),
    ]
    assert after.dataframe[0].value.iloc[0].tolist() == [2, "versions do not overlap", 7]


@pytest.mark.parametrize(("seen", "runs"), [(1, "1 run"), (0, "2 runs"), (None, "2 runs")])
def test_the_page_is_shown_anew_once_something_was_applied(seen: int | None, runs: str):
    def script(source, seen):
        import streamlit as st

        from customertrack.console.pages.overview import _look_again

        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        if st.session_state["runs"] == 1:
            _look_again(source, "price", seen)
        st.text("1 run" if st.session_state["runs"] == 1 else f"{st.session_state['runs']} runs")

    with dimension(TYPE_2) as made:
        made.land(files()[:1])
        app = run(AppTest.from_function(script, args=(Looked({"price": made}), seen), default_timeout=120))
    assert app.text[0].value == runs
