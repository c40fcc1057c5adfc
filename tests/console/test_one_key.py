"""One key: found, looked at, at two times, down to the landed line; and every choice in the address."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from customertrack.console import finding, times
from customertrack.console.keys import in_address, of_address
from customertrack.console.origin import unsaid_of
from customertrack.console.times import time_of
from customertrack.console.widgets import plain
from customertrack.reads.events_of_key import Event
from customertrack.reads.history import Key
from tests.console.looked_at import Looked, look, run
from tests.dimension.landed import LandedFile
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import Dimension, dimension, parsed

ROOT = Path(__file__).parents[2]
CUSTOMER = (ROOT / "dimensions/customer.toml").read_text(encoding="utf-8")
PRODUCT = (ROOT / "dimensions/product.toml").read_text(encoding="utf-8")
HEAD = "customer_id,first_name,city,op,updated_at\n"
FILES = [
    HEAD + "7,Ann,Rome,,2026-01-05\n7,Carl,Rome,,2026-01-20\n8,<b>Eve</b> :smile:,,,2026-01-05\n",
    HEAD + "7,Bob,,,2026-01-12\n7,,,D,2026-01-25\n",
]
BUSY = HEAD + "".join(f"9,Name {number},,,2026-01-01 {number // 60:02}:{number % 60:02}\n" for number in range(120))


@dataclass
class WithFiles(Looked):
    """One that has the landed files, too."""

    def landed_line(self, file: str, row: int) -> str | None:
        return f"{row} of {file}"


@pytest.fixture(scope="module")
def customer() -> Iterator[Dimension]:
    with dimension(CUSTOMER) as made:
        for number, content in enumerate([*FILES, BUSY], 1):
            made.land([LandedFile(f"{number}.csv", content.encode(), datetime(2026, 3, number))])
        yield made


def looked(customer: Dimension, **address: str) -> AppTest:
    return look(Looked({"customer": customer}), "one_key", **address)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == plain(label)).click()
    return run(app)


def cells(app: AppTest, column: str) -> dict[str, list[str | None]]:
    """The table that has this column, by column."""
    (found,) = [one.value for one in app.dataframe if column in one.value.columns]
    return {name: found[name].tolist() for name in found.columns}


def pairs(app: AppTest, name: str, value: str) -> dict[str, str]:
    table = cells(app, value)
    return dict(zip(map(str, table[name]), map(str, table[value]), strict=True))


@pytest.mark.parametrize(
    ("text", "key"),
    [(PRODUCT, ('a,"b"/&?=ü ', "*")), (PRODUCT, ("[x]", "DE")), (CUSTOMER, (-7,)), (CUSTOMER, (10**37,))],
)
def test_a_key_comes_back_from_the_address(text: str, key: Key):
    assert of_address(parsed(text)[0], in_address(key)) == key


@pytest.mark.parametrize(
    ("text", "written"),
    [
        *((CUSTOMER, written) for written in ("x", "")),
        *((PRODUCT, written) for written in ("A", '["A"]', "{}", "[" * 100_000)),
    ],
    ids=["text", "nothing", "no list", "one part", "an object", "no end"],
)
def test_what_is_no_key_is_told(text: str, written: str):
    assert of_address(parsed(text)[0], written) is None


def test_a_key_is_found_and_chosen(customer: Dimension):
    app = looked(customer)
    assert labels(app) == ["8", "9"]
    app.text_input[0].input("eve")
    run(app)
    assert labels(app) == [plain("8, first_name: <b>Eve</b> :smile:")]
    press(app, "8, first_name: <b>Eve</b> :smile:")
    assert [one.value for one in app.header] == ["8"]
    assert {name: app.query_params[name] for name in ("find", "key")} == {"find": "eve", "key": "8"}


def test_a_key_that_is_deleted_is_found_by_itself_and_by_what_it_was(customer: Dimension):
    assert labels(looked(customer, find="7")) == [plain("7 (deleted)")]
    app = looked(customer, find="carl")
    assert next(one.value for one in app.info).startswith("No customer has carl")
    app.checkbox[0].check()
    assert labels(run(app)) == [plain("7 (deleted), first_name: Carl")]
    assert app.query_params["was"] == "1"


@pytest.mark.parametrize(("key", "said"), [("x", "x is no key of customer"), ("77", "Nothing was ever said")])
def test_an_address_without_such_a_key(customer: Dimension, key: str, said: str):
    assert next(one.value for one in looked(customer, key=key).info).startswith(said)


def test_the_timeline_in_words_and_the_last_version(customer: Dimension):
    app = looked(customer, key="7")
    words = (
        "3 versions, the first since 2026-01-05 00:00:00, the last since 2026-01-20 00:00:00, "
        "deleted since 2026-01-25 00:00:00, 1 arrived late."
    )
    assert plain(words) in [one.value for one in app.caption]
    assert pairs(app, "attribute", "changed from")["first_name"] == "Bob"
    assert pairs(app, "event", "is") == {
        "file": "landing/customer/1.csv",
        "row": "2",
        "loaded_at": "2026-03-01 00:00:00",
        "refresh": "1",
        "arrived late": "no",
    }
    assert pairs(app, "column", "landed as")["first_name"] == "Carl"
    assert cells(app, "deleted_from")["source_file"] == ["landing/customer/2.csv"]


def test_another_version_is_chosen_and_stands_in_the_address(customer: Dimension):
    app = looked(customer, key="7")
    app.selectbox(key="_version").select(2)
    run(app)
    assert app.query_params["version"] == "2026-01-12T00:00:00"
    again = looked(customer, key="7", version="2026-01-12T00:00:00")
    for one in (app, again):
        assert pairs(one, "event", "is")["arrived late"] == "yes"
        assert pairs(one, "attribute", "changed from")["city"] == "Rome"
        assert pairs(one, "column", "landed as")["first_name"] == "Bob"


def test_two_times_by_slider_typed_and_in_the_address(customer: Dimension):
    app = looked(customer, key="7")
    true_at, known_at = app.select_slider
    assert [option[:10] for option in true_at.options] == ["2026-01-05", "2026-01-12", "2026-01-20", "2026-01-25"]
    assert known_at.options == ["2026-03-01 00:00", "2026-03-02 00:00", "now"]
    known_at.set_value("2026-03-01 00:00:00")
    run(app)
    app.text_input(key="_typed_t").input("2026-01-15T02:00:00+02:00")
    run(app)
    assert [app.query_params[name] for name in "tk"] == ["2026-01-15T00:00:00", "2026-03-01T00:00:00"]
    again = looked(customer, key="7", t="2026-01-15T00:00:00", k="2026-03-01T00:00:00")
    for one in (app, again):
        table = cells(one, "differs")
        assert table["known now"][0] == "Bob"
        assert table["known at 2026-03-01 00:00:00"][0] == "Ann"
        assert table["differs"][:5] == ["differs", "", "", "", "differs"]
        said = "Of 2026-01-15 00:00:00 something else was known at 2026-03-01 00:00:00: first_name, city."
        assert said in [text.value for text in one.text]


def test_what_is_no_time_is_told_and_changes_nothing(customer: Dimension):
    app = looked(customer, key="7", k="2026-03-01")
    app.text_input(key="_typed_k").input("tomorrow")
    run(app)
    assert [one.value[:16] for one in app.warning] == ["That is no time."]
    assert app.query_params["k"] == "2026-03-01"
    app.text_input(key="_typed_k").input("now")
    assert "k" not in run(app).query_params


def test_a_landed_row_that_is_purged_is_read_from_its_file_if_that_is_there(customer: Dimension):
    cursor = customer.connection.cursor()
    cursor.execute("BEGIN")
    cursor.execute("DELETE FROM customer_raw WHERE source_file = 'landing/customer/1.csv'")
    gone = looked(customer, key="8")
    there = look(WithFiles({"customer": customer}), "one_key", key="8")
    cursor.execute("ROLLBACK")
    assert any("purged" in one.value for one in gone.info)
    assert [one.value for one in there.code] == ["3 of landing/customer/1.csv"]


def test_of_many_versions_a_window_is_drawn_which_the_address_decides(customer: Dimension):
    app = looked(customer, key="9")
    window = app.selectbox(key="_window")
    assert window.options == ["21 to 120", "1 to 20"]
    window.select(20)
    run(app)
    assert app.query_params["version"] == "2026-01-01T00:19:00"
    assert app.selectbox(key="_version").value == 20
    assert looked(customer, key="9", version="2026-01-01T00:19:00").selectbox(key="_window").value == 20
    table = cells(app, "valid_from")
    assert table["version"] == list(range(120, 0, -1))
    # The current one has no end.
    assert [end for end in map(str, table["valid_to"]) if not end.startswith("2026-01-01 0")] == ["nan"]


def test_without_versions_there_is_what_is_true_now():
    with dimension(CUSTOMER + "\n[history]\nkeep = false\n") as made:
        for number, content in enumerate(FILES, 1):
            made.land([LandedFile(f"{number}.csv", content.encode(), datetime(2026, 3, number))])
        there = looked(made, key="8")
        gone = looked(made, key="7", t="2026-01-15", k="2026-03-01")
    now = pairs(there, "attribute", "value")
    assert (now["first_name"], now["city"]) == ("<b>Eve</b> :smile:", "NULL")
    assert pairs(there, "column", "landed as")["customer_id"] == "8"
    assert cells(gone, "updated_at")["first_name"][1:] == ["Carl", "Bob", "Ann"]
    assert pairs(gone, "attribute", "known now")["first_name"] == "Bob"
    assert pairs(gone, "attribute", "known at 2026-03-01 00:00:00")["first_name"] == "Ann"
    assert plain("customer 7 is deleted.") in [one.value for one in gone.info]


def test_another_key_is_looked_at_as_it_is_now(customer: Dimension):
    app = looked(customer, find="eve", key="7", t="2026-01-05", k="2026-03-01", version="2026-01-12T00:00:00")
    press(app, "8, first_name: <b>Eve</b> :smile:")
    assert app.query_params == {"dimension": "customer", "find": "eve", "key": "8"}


@pytest.mark.parametrize(
    ("t", "k", "said"),
    [
        ("2026-01-04", None, "It was not there at 2026-01-04 00:00:00, as is known now."),
        ("2026-01-06", None, "This was true at 2026-01-06 00:00:00, as is known now."),
        (
            "2026-01-06",
            "2026-03-01",
            "What was known at 2026-03-01 00:00:00 of 2026-01-06 00:00:00 is what is known now.",
        ),
        ("2026-01-26", "2026-03-01", "It was not there at 2026-01-26 00:00:00, as is known now. "),
        ("2026-01-06", "2026-02-01", "It was there at 2026-01-06 00:00:00, as is known now. "),
        ("2026-01-04", "2026-02-01", "It was not there at 2026-01-04 00:00:00, as is known now, and as was known at "),
    ],
)
def test_what_was_true_and_known_is_said(customer: Dimension, t: str, k: str | None, said: str):
    app = looked(customer, key="7", t=t, **({"k": k} if k else {}))
    assert [one.value for one in app.text if one.value.startswith(said)]


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "nonsense", "", None])
def test_what_is_no_time_in_utc_is_none(written: str | None):
    assert time_of(written) is None


def test_of_many_stops_some_at_even_steps_are_on_the_slider():
    few, many = ([datetime(2026, 1, 1) + timedelta(hours=n) for n in range(count)] for count in (200, 5_000))
    assert times._thinned(few) == few
    thinned = times._thinned(many)
    assert (len(thinned), thinned[0], thinned[-1]) == (200, many[0], many[-1])
    assert {(later - one) // timedelta(hours=1) for one, later in pairwise(thinned)} == {25, 26}


@pytest.mark.parametrize("before", [0, 30, 400])
@pytest.mark.parametrize("after", [0, 30, 400])
def test_of_a_long_value_the_part_is_shown_in_which_the_text_stands(before: int, after: int):
    value = f"{'x' * before}Needle{'y' * after}"
    shown = finding._around(value, "needle")
    if len(value) <= 60:
        assert shown == value
        return
    assert "Needle" in shown
    assert len(shown.strip("…")) == 60
    assert shown.strip("…") in value
    assert (shown[0] == "…", shown[-1] == "…") == (not value.startswith(shown[:9]), not value.endswith(shown[-9:]))


def test_what_a_row_of_an_earlier_definition_did_not_say():
    definition = parsed(CUSTOMER.replace("\n[attributes]", '\n[attributes]\nadded = { type = "text(5)", since = 2 }'))[
        0
    ]
    said = Event(datetime(2026, 1, 1), False, "f", 1, datetime(2026, 1, 1), 1, 1, None, None, {})
    assert unsaid_of(definition, said) == ["added"]
    assert unsaid_of(definition, replace(said, definition=2)) == []
    assert unsaid_of(definition, replace(said, definition=2, unsaid="01" + "0" * 6)) == [definition.attributes[1].name]
    assert unsaid_of(definition, replace(said, is_delete=True)) == []


def test_what_a_snapshot_says_by_what_it_has_still_stands_in_no_line():
    with dimension(STOCK) as made:
        later = snapshot("2026-01-05", "a,Cup,1", "b,Jug,1", after=1)
        made.land(
            [snapshot("2026-01-01", "a,Cup,1", "b,Jug,1"), later, snapshot("2026-01-03", "a,Mug,1", "b,Jug,1", after=2)]
        )
        app = look(Looked({"stock": made}), "one_key", key="a")
    assert pairs(app, "event", "is")["row"] == "the snapshot as a whole"
    assert "known_at" in pairs(app, "event", "is")
    assert [one.value for one in app.text if one.value.startswith("A snapshot says this by what it does not have")]
