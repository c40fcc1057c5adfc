"""What a definition cannot become: each change, and the sentence that says why."""

import pytest

from customertrack.dimension.changes import refusals
from customertrack.dimension.render import render
from tests.dimension.definitions import OP, PRICE, REGION, THING, changed, defined

ADDED = f'{THING}tier = {{ type = "text(9)", since = 2 }}\n'
NAME = 'name  = "text(100)"'
REFUSED = {
    "another key": (
        changed(("thing_id", "item_id")),
        "The key was thing_id, region, and the key of a dimension does not change: another key is another dimension",
    ),
    "a part of the key less": (
        changed((f"region   = {REGION}\n", "")),
        "The key was thing_id, region, and the key of a dimension does not change: another key is another dimension",
    ),
    "another type of a part of the key": (
        changed(("text(2)", "text(1)")),
        "key.region was text(2) and cannot become text(1): types only widen; another key is another dimension",
    ),
    "another order of events": (
        changed((OP, f'{OP}\nsequence = ["seq"]')),
        "feed.sequence was not there: the order of the events that are there does not change",
    ),
    "a narrower text": (
        changed(("text(100)", "text(99)")),
        "attributes.name was text(100) and cannot become text(99): types only widen; add another attribute, and "
        "retire this one",
    ),
    "a number with another scale": (
        changed(("number(12,2)", "number(14,3)")),
        "attributes.price was number(12,2) and cannot become number(14,3): types only widen; add another attribute, "
        "and retire this one",
    ),
    "another type": (
        changed(("text(100)", "date")),
        "attributes.name was text(100) and cannot become date: types only widen; add another attribute, and retire "
        "this one",
    ),
    "an attribute that is gone": (
        changed((f"{PRICE}\n", "")),
        'attributes.price is gone, and its column cannot go: say retired = true, or was = "price" where it has '
        "another name now",
    ),
    "another order": (
        changed((f"{NAME}\n", ""), (PRICE, f"{PRICE}\n{NAME}")),
        "The order of the attributes was name, price, and does not change: put new ones at the end",
    ),
    "an attribute without its number": (
        f'{THING}tier = "text(9)"\n',
        "attributes.tier is new, and no event has said it yet: add since = 2",
    ),
    "a former name that there never was": (
        f'{THING}tier = {{ type = "text(9)", was = "pricing" }}\n',
        'attributes.tier.was: no attribute was called "pricing"; did you mean "price"?',
    ),
}


def refused(before: str, after: str) -> list[str]:
    """The sentences."""
    return list(refusals(render(defined(before))["R__12_tables.sql"], defined(after)))


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_the_reason(what: str):
    after, sentence = REFUSED[what]
    assert refused(THING, after) == [sentence]


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (ADDED.replace("since = 2", "since = 1"), "attributes.tier is there since 2, and that does not change"),
        (
            f'{ADDED}level = {{ type = "date", since = 2 }}\n',
            "attributes.level is new, and no event has said it yet: add since = 3",
        ),
    ],
)
def test_a_number_once_given_stays(after: str, sentence: str):
    assert refused(ADDED, after) == [sentence]


@pytest.mark.parametrize(
    "after",
    [
        ADDED,
        changed(("text(100)", "text(101)"), ("number(12,2)", "number(38,2)"), ("text(2)", "text(3)")),
        changed((', change = "update"', ", retired = true")),
        changed((NAME, 'title = { type = "text(100)", was = "name" }')),
        changed((', change = "update"', ', change = "keep"')),
        changed(("text(100)", "uuid")).replace("uuid", "text(100)"),
    ],
)
def test_it_is_not_refused(after: str):
    assert refused(THING, after) == []


def test_all_of_them_are_told():
    after = changed(("thing_id", "item_id"), ("text(100)", "text(9)")) + 'tier = "date"\n'
    assert len(refused(THING, after)) == 3


def test_where_there_is_no_log_nothing_is_refused():
    assert list(refusals("SELECT 1;\n", defined(THING))) == []
