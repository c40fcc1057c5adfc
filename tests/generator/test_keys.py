"""Business keys of any type: no two are alike, none is a stand-in, and each can be read back."""

from decimal import Decimal

import numpy as np
import pytest

from generator import SettingsError
from generator.definition import Definition, Part, type_of
from generator.keys import FEW, MOST_KEYS, Keys
from generator.values import value_of

# For each type a stand-in that would be a key of its own, and one that would be none.
STAND_INS = {
    "integer": ("5", "-1"),
    "number(12,2)": ("0.03", "-1"),
    "number(2,2)": ("0.03", "0"),
    "number(5,3)": ("0.03", "-1"),
    "number(38,37)": ("0.000000000007", "-1"),
    "text(1)": ("B", "*"),
    "text(2)": ("AB", "*"),
    "text(8)": ("AAAAAAAC", "AAAAAA"),
    "text(15)": ("S-7", "SKU-7"),
    "text(40)": ("SKU-7", "SKU-07"),
    "uuid": ("470388d8-cded-487d-a9c3-000000000001", "00000000-0000-0000-0000-000000000000"),
    "boolean": ("true", "false"),
    "date": ("2020-01-03", "1900-01-01"),
    "timestamp": ("2020-01-01 00:00:02", "1900-01-01 00:00:00"),
}
REGION = Part("region", "region", type_of("text(2)"), "*")


def keys_of(*parts):
    return Keys(Definition("thing", parts, (), "updated_at"))


def values_of(keys, numbers):
    return list(zip(*(keys.values(at, numbers).tolist() for at in range(len(keys.definition.key))), strict=True))


@pytest.mark.parametrize("others", [(), (REGION,)], ids=["alone", "with a region"])
@pytest.mark.parametrize("which", [None, 0, 1], ids=["never NULL", "a stand-in among them", "another stand-in"])
@pytest.mark.parametrize("kind", STAND_INS)
def test_every_number_has_a_key_of_its_own(kind, which, others):
    null = None if which is None else STAND_INS[kind][which]
    keys = keys_of(Part("sku", "sku", type_of(kind), null), *others)
    numbers = np.arange(1, min(keys.room, 2_000) + 1)
    found = values_of(keys, numbers)
    assert len(set(found)) == len(numbers)
    assert np.array_equal(keys.numbers_of(found), numbers)
    for at, part in enumerate(keys.definition.key):
        _, is_null = keys.numbers(at, numbers)
        stand_in = None if part.null is None else value_of(part.null, part.type)
        # Only NULL is told as the stand-in.
        assert [value[at] == stand_in for value in found] == is_null.tolist()
        assert is_null.any() == (part.null is not None)


def test_keys_that_are_none_of_them():
    keys = keys_of(Part("sku", "sku", type_of("text(40)")), REGION)
    others = [("SKU-01", "*"), ("sku-1", "*"), ("SKU-1", "ZZ"), ("Łó", "AA"), ("SKU-²", "*"), ("SKU-", "*")]
    others += [(f"SKU-{10**30}", "*"), ("1", "*"), ("SKU-0", "AA")]
    assert keys.numbers_of([*others, ("SKU-1", "*")]).tolist() == [0] * len(others) + [1]
    numbers = keys_of(Part("n", "n", type_of("integer")))
    assert numbers.numbers_of([(-5,), (0,), (7,), (10**37,)]).tolist() == [0, 0, 7, 0]
    prices = keys_of(Part("p", "p", type_of("number(12,2)")))
    assert prices.numbers_of([(Decimal("0.015"),), (Decimal("0.02"),), (Decimal("-1"),)]).tolist() == [0, 2, 0]


def test_the_part_with_most_room_has_most_values():
    keys = keys_of(Part("is_on", "is_on", type_of("boolean")), Part("n", "n", type_of("integer")), REGION)
    found = values_of(keys, np.arange(1, 801))
    assert [len({key[at] for key in found}) for at in range(3)] == [2, 800 // (2 * FEW), FEW]


def test_more_keys_than_there_can_be_are_refused():
    keys = keys_of(Part("code", "code", type_of("text(1)"), "A"))
    assert keys.room == 36
    keys.check(36)
    with pytest.raises(SettingsError, match="37 keys, and the key of thing has room for 36: give fewer --customers"):
        keys.check(37)
    assert keys_of(Part("n", "n", type_of("integer"))).room == MOST_KEYS
