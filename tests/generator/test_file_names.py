"""Names for files: as usual where the definition takes them, else such as it takes; told apart and in order."""

import re
from dataclasses import replace

import pytest

from generator import Faults, Feed, Settings, SettingsError
from generator.definition import Initial
from generator.file_names import Pattern
from generator.naming import Kind
from tests.generator.shipped import PRODUCT

PATTERNS = (
    ".*[.]csv([.]gz)?",
    "LOAD[0-9A-F]+[.]csv",
    "orders_.*[.]csv",
    r"orders_\d{8}T\w+\.csv",
    r"(in|out)/\d{4}-\d{2}-\d{2}\.csv",
    "[^.]+[.]csv",
    "a(bc)+_[0-9]{3,}[.](csv|txt)",
    "x[.]y[-_ ][0-9]*",
    "^[0-9]{6}$",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_names_fit_and_are_in_the_order_of_their_numbers(pattern: str):
    made = [Pattern(pattern).name(number, 0xDA29DCF3) for number in range(400)]
    assert all(re.fullmatch(pattern, name) for name in made)
    assert len(set(made)) == len(made)
    assert made == sorted(made)


def test_names_of_other_feeds_are_others_where_there_is_room():
    pattern = Pattern("LOAD[0-9A-F]+[.]csv")
    assert pattern.name(7, 1) != pattern.name(7, 2)


@pytest.mark.parametrize(
    ("pattern", "number", "said"),
    [
        ("[0-9]{2}[.]csv", 100, "leaves room for too few names: give fewer --batches"),
        ("orders[.]csv", 1, "leaves room for too few names"),
        (r"\bLOAD\b[.]csv", 0, "write the expression in a simpler way"),
    ],
)
def test_a_pattern_without_names_is_refused(pattern: str, number: int, said: str):
    with pytest.raises(SettingsError, match=said):
        Pattern(pattern).name(number, 1)


def feed_of(files: str, initial: Initial | None = None) -> Feed:
    return Feed(replace(PRODUCT, files=files, initial=initial), Settings(customers=5), Faults(), "label")


def test_the_usual_name_is_kept_where_it_fits():
    assert feed_of(".*[.]csv").object_name(1) == "product_20260101T000230Z_label.csv"
    assert re.fullmatch("orders_[0-9A-Za-z]+[.]csv", feed_of("orders_.*[.]csv").object_name(1))


def test_a_full_load_has_a_name_of_its_own_and_a_copy_too():
    feed = feed_of(".*[.]csv", Initial("LOAD[0-9A-F]+[.]csv", "1900-01-01"))
    names = feed.possible_names(0)
    assert [name.startswith("LOAD") for name in names] == [kind is not Kind.LATE for kind in Kind]
    assert not any(name.startswith("LOAD") for name in feed.possible_names(1))


def test_files_of_changes_have_the_names_that_full_loads_leave():
    load, change = "(SEGMENT[0-9]+_)?LOAD[0-9A-F]+[.]csv", "[0-9]{8}-[0-9]+[.]csv"
    for files in (f"({load.removesuffix('[.]csv')}|[0-9]{{8}}-[0-9]+)[.]csv", f"{load}|{change}"):
        feed = feed_of(files, Initial(load, "1900-01-01"))
        names = [feed.object_name(slot) for slot in range(1, 40)]
        assert re.fullmatch(load, feed.object_name(0))
        assert all(re.fullmatch(change, name) for name in names)
        assert names == sorted(set(names))


def test_where_every_file_is_a_full_load_there_is_no_feed():
    with pytest.raises(SettingsError, match="leave names to others than full loads"):
        feed_of(".*[.]csv", Initial(".*", "1900-01-01")).object_name(1)
    with pytest.raises(SettingsError, match="fits both"):
        feed_of("a.*[.]csv", Initial("b[0-9]+[.]csv", "1900-01-01")).object_name(0)


def test_files_that_are_packed_need_names_that_may_be():
    feed_of(".*[.]csv([.]gz)?").check_packed()
    with pytest.raises(SettingsError, match="leave out --gzip"):
        feed_of(".*[.]csv").check_packed()
