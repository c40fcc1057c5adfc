"""What a person does: find, choose, move, turn, filter, with the mouse or the keys alone; and sends the address."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from tests.console.browser.asked import Asked
from tests.console.browser.test_compared import of
from tests.console.browser.visitor import Visitor
from tests.console.odd_files import LATE
from tests.console.served import Served

pytestmark = pytest.mark.browser

KEY = str(LATE[0])


@pytest.fixture
def colleague(browser: Browser, console: Served) -> Iterator[Visitor]:
    """Somebody else, who is sent an address."""
    colleague = Visitor(browser, console.address)
    yield colleague
    colleague.close()


def chosen(visitor: Visitor) -> dict[str, str]:
    """What stands in the address."""
    return {name: value for name, (value,) in parse_qs(urlsplit(visitor.page.url).query).items()}


def test_a_key_is_found_and_followed_to_its_landed_line(visitor: Visitor, colleague: Visitor, warehouse: Asked):
    visitor.open("one_key", dimension="customer")
    visitor.hands.type("Find a key", "late2")
    wanted = "SELECT customer_id FROM customer_history WHERE last_name = 'Late2' AND customer_id = ?"
    assert warehouse.one(wanted, KEY) == KEY
    # It is what was: the key has another name now.
    assert "last_name: Late2" in visitor.text()
    assert f"{KEY}, last_name" not in visitor.text()
    visitor.hands.tick("Also in what was, and of deleted keys")
    visitor.hands.press(f"{KEY}, last_name: Late2")
    assert chosen(visitor)["key"] == KEY
    visitor.hands.choose("Version", "2:")
    began = chosen(visitor)["version"].replace("T", " ")
    ((file, row, name),) = warehouse(
        "SELECT source_file, source_row, last_name FROM customer_history WHERE customer_id = ? AND valid_from = ?",
        KEY, began,
    )  # fmt: skip
    csvs = visitor.csvs()
    assert dict(of(csvs[f"customer_{KEY}_version.csv"], "attribute, value"))["last_name"] == name
    facts = dict(csvs["customer_event.csv"][1:])
    assert (facts["file"], facts["row"]) == (file, row)
    landed = dict(csvs["customer_landed_row.csv"][1:])
    assert (landed["customer_id"], landed["last_name"]) == (KEY, name)
    colleague.go(visitor.page.url)
    assert colleague.text() == visitor.text()
    assert colleague.csvs() == csvs


def test_two_times_are_compared(visitor: Visitor, colleague: Visitor, warehouse: Asked):
    visitor.open("one_key", dimension="customer", key=KEY)
    for _ in range(2):
        visitor.hands.move("True at", "ArrowLeft")
    visitor.hands.move("As known at", "Home")
    time, known = (chosen(visitor)[name].replace("T", " ") for name in ("t", "k"))
    attributes = ("first_name", "last_name", "street", "city", "source_file", "source_row")
    columns = ", ".join(attributes)
    (now,) = warehouse(f"SELECT {columns} FROM TABLE(customer_as_of(?)) WHERE customer_id = ?", time, KEY)
    (then,) = warehouse(f"SELECT {columns} FROM TABLE(customer_as_known(?, ?)) WHERE customer_id = ?", time, known, KEY)
    assert now != then
    table = visitor.csv(f"customer_{KEY}_known")
    shown = {row[0]: row[1:3] for row in table[1:]}
    assert [shown[name] for name in attributes] == [list(both) for both in zip(now, then, strict=True)]
    colleague.go(visitor.page.url)
    assert colleague.text() == visitor.text()
    assert colleague.csv(f"customer_{KEY}_known") == table


def test_rejects_are_turned_and_filtered(visitor: Visitor, colleague: Visitor, warehouse: Asked):
    visitor.open("rejects", dimension="customer")
    visitor.hands.type("Page, of 6", "2")
    ordered = "FROM customer_reject ORDER BY batch_id DESC, source_file, source_row LIMIT 50 OFFSET 50"
    rows = warehouse(f"SELECT source_row, reject_reasons {ordered}")
    assert of(visitor.csv("customer_rejects"), "source_row, reject_reasons") == rows
    visitor.hands.choose("Reason", "invalid_op")
    assert chosen(visitor) == {"dimension": "customer", "reason": "invalid_op"}
    ofit = "FROM customer_reject WHERE reject_reasons LIKE '%invalid_op%' ORDER BY source_row"
    found = visitor.csv("customer_rejects")
    assert of(found, "source_row") == warehouse(f"SELECT source_row {ofit}")
    colleague.go(visitor.page.url)
    assert colleague.text() == visitor.text()
    assert colleague.csv("customer_rejects") == found


def test_the_keys_of_the_keyboard_are_enough(visitor: Visitor):
    visitor.open("one_key", dimension="customer")
    visitor.hands.tab_to("Find a key")
    visitor.hands.keys(KEY, "Enter")
    visitor.hands.tab_to(KEY)
    visitor.hands.keys("", "Enter")
    assert chosen(visitor)["key"] == KEY
    visitor.hands.tab_to("Version")
    visitor.hands.keys("", "ArrowDown", "ArrowDown", "Enter")
    assert "version" in chosen(visitor)
