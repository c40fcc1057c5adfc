"""The words that templates may use are those that their page explains, and each is used."""

import re
from pathlib import Path

from jinja2 import defaults

from customertrack.dimension import render
from customertrack.dimension.shape import shape
from tests.dimension.warehouse import parsed

TEMPLATES = Path(render.__file__).with_name("templates")
ROOT = Path(__file__).parents[2]
DEFINITIONS = [
    *ROOT.glob("dimensions/*.toml"),
    *ROOT.glob("docs/examples/**/*.toml"),
    *ROOT.glob("tests/feeds/*/*.toml"),
]
CODE = re.compile(r"\[%.*?%\]|\[\[.*?\]\]", re.DOTALL)


def explained() -> tuple[set[str], set[str]]:
    """The words of the page's tables, and those of its table of filters."""
    words, _, filters = TEMPLATES.with_suffix(".md").read_text(encoding="utf-8").partition("## Filters")
    return words_of(words), words_of(filters)


def words_of(tables: str) -> set[str]:
    """What stands in backticks in first cells."""
    cells = [line.split("|")[1] for line in tables.splitlines() if line.startswith("| `")]
    return {word for cell in cells for word in re.findall(r"`(\w+)", cell)}


def test_the_page_explains_every_word_and_no_other():
    made = [shape(parsed(file.read_text(encoding="utf-8"))[0]) for file in DEFINITIONS]
    words = {word for each in made for word in [*each, *render._functions(each)]}
    given = render._templates()
    words |= given.globals.keys() - defaults.DEFAULT_NAMESPACE.keys()
    assert explained() == (words, given.filters.keys() - defaults.DEFAULT_FILTERS.keys())


def test_every_word_is_used():
    code = " ".join(found for file in TEMPLATES.rglob("*.sql") for found in CODE.findall(file.read_text("utf-8")))
    words, filters = explained()
    assert {word for word in words | filters if not re.search(rf"\b{word}\b", code)} == set()
