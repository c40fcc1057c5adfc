"""docs/dimensions.md has every word that there is, and shows definitions without faults."""

import re
from pathlib import Path
from typing import get_args

import pytest

from customertrack.dimension.checks import MOST_COLUMNS
from customertrack.dimension.definition import Change, StorageLayout, TimeFormat
from customertrack.dimension.names import LONGEST_DIMENSION
from customertrack.dimension.types import WRITTEN
from tests.dimension.definitions import THING, changed, faults_of

PAGE = (Path(__file__).parents[2] / "docs/dimensions.md").read_text(encoding="utf-8")
ACCOUNT, GROUPS = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
# A word that nobody knows, in each table: the fault lists those that are known there.
UNKNOWN = {
    "the top": f"zzz = 1\n{THING}",
    "feed": changed(("[feed]", "[feed]\nzzz = 1")),
    "op": changed(("op     = {", "op     = { zzz = 1,")),
    "initial": changed(("[key]", 'initial = { files = "x", time = "1900-01-01", zzz = 1 }\n\n[key]')),
    "time": changed(('"changed_at"', '{ column = "changed_at", zzz = 1 }')),
    "guard": changed(("[key]", "guard = { max_deleted = 1, zzz = 1 }\n\n[key]")),
    "key": changed(('null = "*"', "zzz = 1")),
    "attributes": changed(('change = "update"', "zzz = 1")),
    "history": f"{THING}[history]\nzzz = 1\n",
    "storage": f"{THING}[storage]\nzzz = 1\n",
    "generate": f"{THING}[generate]\na = {{ attributes = ['name'], rate = 0.1, zzz = 1 }}\n",
}


@pytest.mark.parametrize("table", UNKNOWN)
def test_every_word_is_explained(table: str):
    (sentence,) = (fault.sentence for fault in faults_of(UNKNOWN[table]) if '"zzz"' in fault.sentence)
    words = sentence.partition("; it can be ")[2].rstrip(".").split(", ")
    assert words
    for word in words:
        assert re.search(rf"`{word}`|`[^`\n]*\b{word} = ", PAGE), word


def test_every_value_of_a_word_is_explained():
    for word in (*get_args(Change), *get_args(TimeFormat), *get_args(StorageLayout), *WRITTEN):
        assert f"`{word}`" in PAGE, word


def test_the_definition_shown_has_no_faults():
    faults = faults_of(f"{ACCOUNT}\n{GROUPS}", "account.toml")
    assert [fault.sentence for fault in faults if "is not built yet" not in fault.sentence] == []


def test_numbers_are_those_of_the_code():
    assert f"at most {LONGEST_DIMENSION}." in PAGE
    assert f"at most {MOST_COLUMNS} columns" in PAGE


def test_what_is_not_built_is_what_the_check_refuses():
    listed = PAGE.partition("## Not built yet")[2]
    refused = Path(__file__).parents[2] / "customertrack/dimension/not_yet.py"
    words = re.findall(r"^ +\(?['\"](.*?)['\"],(?: lambda|$)", refused.read_text(), re.MULTILINE)
    assert len(words) == 1
    for word in words:
        assert f"`{word}`" in listed or f"`{word.split()[0]}` " in listed, word
