"""Each page is for everybody: with a screen reader, in the dark, on a telephone; and it takes no value for markup."""

import pytest

from tests.console.browser.visitor import NARROW, WIDE, Visitor
from tests.console.odd_files import FIRST_ODD, LATE
from tests.console.odd_home import DEFINED
from tests.console.odd_values import ODD

pytestmark = pytest.mark.browser

# By what they are called in the navigation: how their addresses end, and what makes them show all that they can.
PAGES = {
    "Overview": ("", {}),
    "One key": ("one_key", {"key": str(LATE[0]), "find": "late"}),
    "Changes": ("changes", {}),
    "Rejects": ("rejects", {}),
    "Refreshes": ("refreshes", {}),
    "Definition": ("definition", {}),
}
# Signs that begin something in Markdown or HTML; what has one of them is found by it.
SIGNS = ("<", "*", "[", "$", ":", "|")


@pytest.mark.parametrize("title", PAGES)
def test_a_page_keeps_nobody_out(title: str, visitor: Visitor):
    address, choices = PAGES[title]
    visitor.open(address, dimension="customer", **choices)
    assert visitor.title() == title
    found = {}
    for theme in ("light", "dark"):
        for width, height in (WIDE, NARROW):
            visitor.dress(theme, width, height)
            found[f"{theme}, {width}"] = visitor.findings()
            assert visitor.overhang() == 0
    assert {where: findings for where, findings in found.items() if findings} == {}


@pytest.mark.parametrize("dimension", ["customer", "product", *DEFINED])
def test_every_dimension_has_every_page(dimension: str, visitor: Visitor):
    visitor.open("", dimension=dimension)
    for title in PAGES:
        visitor.turn_to(title)
        assert visitor.title() == title
        assert visitor.page.url.endswith(f"{PAGES[title][0]}?dimension={dimension}")
        assert "defect" not in visitor.text()
        assert visitor.made_of_values() == []


def test_the_first_page_is_found_by_its_name_too(visitor: Visitor):
    visitor.open("overview", dimension="product")
    visitor.page.wait_for_function("() => location.pathname === '/'")
    visitor.settle()
    assert (visitor.title(), visitor.page.url) == ("Overview", f"{visitor.address}/?dimension=product")
    links = visitor.page.locator("[data-testid=stSidebarNavLink]").all_inner_texts()
    assert [link.strip() for link in links] == list(PAGES)


def test_no_value_is_markup(visitor: Visitor):
    for sign in SIGNS:
        visitor.open("one_key", dimension="customer", find=sign)
        values = [value for value in ODD.values() if sign in value and len(value) < 50]
        assert [value for value in values if " ".join(value.split()) not in visitor.text()] == []
        assert visitor.made_of_values() == []
    for place, value in enumerate(ODD.values()):
        if value.startswith(("<script", "<img", "[", "$")):
            visitor.open("one_key", dimension="customer", key=str(FIRST_ODD + place))
            assert visitor.made_of_values() == []
