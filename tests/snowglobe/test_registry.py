"""A kind of object is a record: with one more in the registry, all statements about it are known."""

from dataclasses import dataclass
from functools import partial

import pytest

from snowglobe.catalog import Entry
from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.registry import KINDS
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens
from tests.snowglobe.support import run, value


@dataclass(frozen=True)
class NetworkRule(Entry):
    words = "NETWORK RULE"
    hosts: list[str]


def create(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    name = session.qualify(tokens.name())
    options = tokens.options({"VALUE_LIST": ()})
    tokens.end()
    if session.catalog.get(NetworkRule, name) and clauses.if_not_exists:
        return status("there already")
    with session.ddl():
        session.catalog.put(session.duck, NetworkRule(name, list(options["VALUE_LIST"])))
    return status("made")


def describe(session: Session, tokens: Tokens) -> Result:
    return status(", ".join(session.find(NetworkRule, tokens.name()).hosts))


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch):
    drop = partial(drop_entry, kind=NetworkRule)
    monkeypatch.setitem(KINDS, "NETWORK RULE", ObjectKind("NETWORK RULE", create, drop=drop, describe=describe))


CREATE = "CREATE NETWORK RULE {} VALUE_LIST = ('example.com', 'example.org')"


def test_an_object_of_a_new_kind_is_made_kept_and_dropped(rules: None, warehouse: Connection, open_warehouse):
    assert value(warehouse, CREATE.format("r")) == "made"
    assert value(warehouse, CREATE.format("IF NOT EXISTS r")) == "there already"
    warehouse.close()
    again = open_warehouse()
    assert value(again, "DESC NETWORK RULE dimension.r") == "example.com, example.org"
    run(again, "DROP NETWORK RULE r", "DROP NETWORK RULE IF EXISTS r")
    with pytest.raises(ProgrammingError, match="Network rule 'R' does not exist"):
        run(again, "DESCRIBE NETWORK RULE r")


@pytest.mark.parametrize(
    "statement",
    ["CREATE OR REPLACE NETWORK RULE r", "CREATE OR ALTER NETWORK RULE r", "ALTER NETWORK RULE r SET A = 1"],
)
def test_what_its_record_leaves_out_is_an_error(rules: None, warehouse: Connection, statement: str):
    with pytest.raises(NotSupportedError, match=statement):
        run(warehouse, statement)


@pytest.mark.parametrize("statement", [CREATE.format("r"), "DESC NETWORK RULE r", "DROP NETWORK RULE IF EXISTS r"])
def test_without_the_record_nothing_of_it_is_known(warehouse: Connection, statement: str):
    with pytest.raises(NotSupportedError, match="does not know this statement"):
        run(warehouse, statement)
