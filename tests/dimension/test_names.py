"""The lists of names are those of the engines and of sql/."""

import re
from pathlib import Path

import duckdb
import pytest
from sqlglot.dialects.snowflake import Snowflake

from customertrack.dimension.checks import meetings
from customertrack.dimension.names import METADATA, objects, written
from customertrack.dimension.render import render
from customertrack.dimension.reserved import RESERVED
from tests.dimension.definitions import LARGE, SMALL, THING, defined

SQL = Path(__file__).parents[2] / "sql"
_OBJECT = re.compile(r"^ *CREATE (?:OR \w+ )?(?:TRANSIENT )?(?:FILE FORMAT|\w+) (?:IF NOT EXISTS )?(\w+)", re.M)
MEET = ["customer_key", "customer_event", "customer_raw", "customer_closed", "customer_work"]


@pytest.mark.parametrize("dimension", ["customer", "product"])
def test_every_object_of_sql_is_one_that_others_must_not_meet(dimension: str):
    texts = [path.read_text(encoding="utf-8") for path in (SQL / dimension).rglob("*.sql")]
    made = {name for text in texts for name in _OBJECT.findall(text)}
    assert len(made) > 20
    assert made <= objects(dimension)


@pytest.mark.parametrize("layout", [LARGE, SMALL])
def test_every_object_of_a_layout_is_one_that_others_must_not_meet(layout: str):
    made = {name for text in render(defined(THING + layout)).values() for name in _OBJECT.findall(text)}
    assert "thing_superseded" in made
    assert made <= objects("thing")


def test_every_column_that_a_view_adds_is_refused():
    added = {"valid_from", "valid_to", "is_current", "source_file", "source_row", "update_timestamp", "loaded_at"}
    assert added <= METADATA


def test_every_reserved_word_of_duckdb_is_refused():
    with duckdb.connect() as connection:
        query = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
        words = {word for (word,) in connection.execute(query).fetchall()}
    assert words
    assert words <= RESERVED


@pytest.mark.parametrize("other", MEET)
def test_dimensions_that_meet(other: str):
    for one, beside in (("customer", other), (other, "customer")):
        (sentence,) = meetings(one, ["thing", beside])
        assert sentence.startswith(f'The dimension "{one}" cannot stand beside "{beside}"')


def test_dimensions_that_do_not_meet():
    assert list(meetings("customer", ["customers", "customer_address", "thing"])) == []


def test_a_name_is_quoted_where_it_has_to_be():
    assert [written(name) for name in ("name", "start", "user")] == ["name", '"START"', '"USER"']


def test_every_function_of_the_embedded_warehouse_that_needs_no_brackets_is_refused():
    """A column of the name would be taken for it."""
    found = {token.name.lower() for token in Snowflake.Parser.NO_PAREN_FUNCTIONS}
    # Which sqlglot knows of other dialects alone.
    assert found - {"current_datetime"} <= RESERVED
