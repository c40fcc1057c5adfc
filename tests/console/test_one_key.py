"""One key: found, looked at, at two times, down to the landed line; and every choice in the address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from customertrack.console.keys import in_address, of_address
from customertrack.console.widgets import plain
from customertrack.reads.history import Key
from tests.console.looked_at import Looked, look, run
from tests.dimension.landed import LandedFile
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
    ("text", "written"), [(CUSTOMER, "x"), (CUSTOMER, ""), (PRODUCT, "A"), (PRODUCT, '["A"]'), (PRODUCT, "{}")]
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
    assert len(cells(app, "valid_from")["version"]) == 120


def test_without_versions_there_is_what_is_true_now():
    with dimension(CUSTOMER + "\n[history]\nkeep = false\n") as made:
        for number, content in enumerate(FILES, 1):
            made.land([LandedFile(f"{number}.csv", content.encode(), datetime(2026, 3, number))])
        there = looked(made, key="8")
        gone = looked(made, key="7", t="2026-01-15", k="2026-03-01")
    assert pairs(there, "attribute", "value")["first_name"] == "<b>Eve</b> :smile:"
    assert pairs(there, "column", "landed as")["customer_id"] == "8"
    assert cells(gone, "updated_at")["first_name"][1:] == ["Carl", "Bob", "Ann"]
    assert pairs(gone, "attribute", "known now")["first_name"] == "Bob"
    assert pairs(gone, "attribute", "known at 2026-03-01 00:00:00")["first_name"] == "Ann"
    assert plain("customer 7 is deleted.") in [one.value for one in gone.info]
