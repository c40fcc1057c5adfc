"""Two grammars of Snowflake's SQL that know nothing of the embedded warehouse read every statement of sql/."""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import sqlglot
from sqlfluff.core import FluffConfig, Linter
from sqlglot import exp
from sqlglot.errors import SqlglotError

from customertrack.sqltext.statements import Statement
from tests.sql import grammar_gaps
from tests.sql.sql_files import bodies, files, place, statements

BROKEN = [
    "CREATE TABEL t (a INT)",
    "CREATE TABLE t (a INT",
    "SELECT a FROM",
    "SELECT a FROM t WHERE GROUP BY a",
    "SELECT a b c FROM t",
    "INSERT t INTO (a) VALUES (1)",
    "DELETE customer FROM",
    "CREATE STREAMS s ON TABLE t",
]


def read_by_sqlglot(sql: str) -> bool:
    """Whether sqlglot makes a tree of it; its Command is text that it has not read."""
    try:
        trees = sqlglot.parse(sql, read="snowflake")
    except SqlglotError:
        return False
    return len(trees) == 1 and trees[0] is not None and not trees[0].find(exp.Command)


def read_by_sqlfluff(sql: str) -> bool:
    """Whether sqlfluff makes a tree of it without a part that it could not read."""
    parsed = _linter().parse_string(sql + "\n;\n")
    tree = parsed.tree
    return tree is not None and not parsed.violations and not list(tree.recursive_crawl("unparsable"))


GRAMMARS = [
    pytest.param(read_by_sqlglot, grammar_gaps.SQLGLOT, id="sqlglot"),
    pytest.param(read_by_sqlfluff, grammar_gaps.SQLFLUFF, id="sqlfluff"),
]


@cache
def _linter() -> Linter:
    config = {"dialect": "snowflake", "templater": "raw", "large_file_skip_byte_limit": 0}
    return Linter(config=FluffConfig(overrides=config))


@pytest.fixture(autouse=True)
def _no_warnings_of_sqlglot(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR, "sqlglot")


def gap(statement: Statement, gaps: dict[tuple[str, str], str]) -> tuple[str, str] | None:
    text = " ".join(statement.text.split())
    return next((key for key in gaps if key[0] == statement.path and text.startswith(key[1])), None)


@pytest.mark.parametrize(("read", "gaps"), GRAMMARS)
@pytest.mark.parametrize("path", files(), ids=place)
def test_every_statement_is_read_or_a_known_gap(
    path: Path, read: Callable[[str], bool], gaps: dict[tuple[str, str], str]
):
    found = [*statements(path), *bodies(path)]
    assert found
    unread = [f"{s.path}:{s.line}: {s.head}" for s in found if gap(s, gaps) is None and not read(s.text)]
    assert unread == []


@pytest.mark.parametrize(("read", "gaps"), GRAMMARS)
def test_every_gap_is_still_one(read: Callable[[str], bool], gaps: dict[tuple[str, str], str]):
    found = [s for path in files() for s in (*statements(path), *bodies(path))]
    open_gaps = {gap(s, gaps) for s in found if gap(s, gaps) and not read(s.text)}
    assert open_gaps == set(gaps)


@pytest.mark.parametrize(
    "key", [*grammar_gaps.SQLGLOT.items(), *grammar_gaps.SQLFLUFF.items()], ids=lambda key: f"{key[0][0]} {key[0][1]}"
)
def test_every_gap_names_the_page_of_its_own_statement(key: tuple[tuple[str, str], str]):
    (_, beginning), page = key
    # "grant-privilege" is the page of GRANT MONITOR, SELECT and the like.
    words = page.rpartition("/")[2].replace("-privilege", "").replace("-", " ").upper().split()
    assert page.startswith("https://docs.snowflake.com/")
    assert words == [word for word in beginning.split() if word in words]


@pytest.mark.parametrize(("read", "gaps"), GRAMMARS)
@pytest.mark.parametrize("sql", BROKEN)
def test_a_broken_statement_is_noticed(sql: str, read: Callable[[str], bool], gaps: dict[tuple[str, str], str]):
    assert not read(sql)


def test_the_bodies_are_found():
    """A procedure has more statements than a file; each function has one."""
    counts = {path: len(bodies(path)) for path in files() if bodies(path)}
    procedures = {path.name: counts.pop(path) for path in list(counts) if "PROCEDURE" in path.read_text()}
    assert procedures["R__50_refresh.sql"] > 20
    assert sum(counts.values()) == sum(path.read_text().count("REPLACE FUNCTION ") for path in files())
