"""What the documentation leaves open, both answers of each; and that the README says which there are."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from snowglobe import FolderBucket, OpenQuestion, connect
from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.conftest import COPY, LANDING
from tests.snowglobe.support import ROOT, drop_file, rows, run

TOPIC = "arn:aws:sns:us-east-1:123456789012:landing"
Open = Callable[..., Connection]


@pytest.fixture
def opened(folder: Path) -> Iterator[Open]:
    """Opens a warehouse with something to load into, in which these questions have the other answer."""
    connections: list[Connection] = []

    def with_other(*otherwise: OpenQuestion) -> Connection:
        buckets = {"bucket": FolderBucket(folder / "bucket")}
        connections.append(connect(folder / "warehouse.duckdb", buckets=buckets, otherwise=otherwise))
        run(connections[-1], *LANDING.split(";"))
        return connections[-1]

    yield with_other
    for connection in connections:
        connection.close()


def loaded(connection: Connection) -> list[tuple[object, ...]]:
    run(connection, COPY)
    return rows(connection, "SELECT id, name, source_row FROM raw ORDER BY source_row")


@pytest.mark.parametrize("row", ["3", "3,c,surplus", '3,"c",'])
def test_a_ragged_file(opened: Open, folder: Path, row: str):
    drop_file(folder, "a.csv", "id,name", "1,a", "", row)
    connection = opened(OpenQuestion.RAGGED_FILE)
    told = "line 4 has another number of fields than the header"
    assert rows(connection, COPY) == [("in/a.csv", "LOAD_FAILED", 0, told)]
    drop_file(folder, "b.csv", "id,name", "1,a", "", "3,")
    assert rows(connection, COPY) == [("in/b.csv", "LOADED", 2, None)]


EMPTY = ["id,name", '1,""', "2,", '"",b', '"4","x""y"', '5,"", ', '"6, ""x""",""', '"",""', 'a"",b']


@pytest.mark.parametrize("blank", [[], [""]], ids=["regular", "normalised"])
def test_an_empty_field_in_quotes(opened: Open, folder: Path, blank: list[str]):
    lines = EMPTY if blank else [line for line in EMPTY if line not in ('5,"", ', 'a"",b')]
    drop_file(folder, "a.csv", *lines, *blank)
    found = [row[:2] for row in loaded(opened(OpenQuestion.QUOTED_EMPTY_FIELD))]
    expected = [("1", ""), ("2", None), ("", "b"), ("4", 'x"y'), ("5", ""), ('6, "x"', ""), ("", ""), ('a""', "b")]
    assert found == (expected if blank else [row for row in expected if row[0] not in ("5", 'a""')])


def test_the_header_counts_as_a_row(opened: Open, folder: Path):
    drop_file(folder, "a.csv", "id,name", "1,a", "2,b")
    assert [row[2] for row in loaded(opened(OpenQuestion.HEADER_ROW_NUMBER))] == [2, 3]


def test_a_pattern_may_fit_a_part_of_the_path(opened: Open, folder: Path):
    connection = opened(OpenQuestion.PATTERN)
    for name in ["a.csv", "a.csv.bak", "b.txt"]:
        drop_file(folder, name, "id", name)
    assert [row[0] for row in rows(connection, f"{COPY} PATTERN = '[.]csv'")] == ["in/a.csv", "in/a.csv.bak"]


@pytest.mark.parametrize("written", ["LANGUAGE SQL AS", "IMMUTABLE LANGUAGE SQL AS"])
def test_a_function_may_not_say_its_language(opened: Open, written: str):
    connection = opened(OpenQuestion.FUNCTION_LANGUAGE)
    with pytest.raises(ProgrammingError, match="unexpected 'LANGUAGE'"):
        run(connection, f"CREATE FUNCTION one() RETURNS INT {written} $$ 1 $$")
    run(connection, "CREATE FUNCTION one() RETURNS INT AS $$ 1 $$")
    run(connection, "CREATE PROCEDURE two() RETURNS INT LANGUAGE SQL AS $$ BEGIN RETURN 2; END $$")
    assert rows(connection, "SELECT one()") == [(1,)]


def test_only_accountadmin_may_ask_for_the_policy(opened: Open):
    with pytest.raises(ProgrammingError, match="Insufficient privileges") as raised:
        run(opened(OpenQuestion.SNS_POLICY), f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('{TOPIC}')")
    assert raised.value.errno == 3001


def test_an_update_changes_the_rows_that_it_found(opened: Open):
    """Alone it does what any other does; tests/otherwise/test_lease.py has two at once."""
    connection = opened(OpenQuestion.BLOCKED_UPDATE)
    run(connection, "CREATE TABLE t (a INT, b VARCHAR)", "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL)")
    assert connection.cursor().execute("UPDATE t SET b = ? WHERE a >= ?", ["z", 2]).rowcount == 2
    assert connection.cursor().execute("UPDATE t SET b = 'n' WHERE a > 3").rowcount == 0
    assert connection.cursor().execute("UPDATE t SET b = ?", ["all"]).rowcount == 3
    run(connection, "UPDATE t SET b = u.b FROM (SELECT 1 AS a, 'one' AS b) AS u WHERE t.a = u.a")
    assert rows(connection, "SELECT a, b FROM t ORDER BY a") == [(1, "one"), (2, "all"), (3, "all")]


def test_the_usual_answers(opened: Open, folder: Path):
    drop_file(folder, "a.csv", "id,name", '1,""', "2", "3,c,surplus")
    connection = opened()
    assert loaded(connection) == [("1", None, 1), ("2", None, 2), ("3", "c", 3)]
    run(connection, "CREATE FUNCTION one() RETURNS INT LANGUAGE SQL AS $$ 1 $$")
    run(connection, f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('{TOPIC}')")
    drop_file(folder, "b.csv.bak", "id", "1")
    assert rows(connection, f"{COPY} PATTERN = '[.]csv'") == []


def test_the_readme_has_every_question():
    text = (ROOT / "snowglobe" / "README.md").read_text()
    for question in OpenQuestion:
        asked = question.value
        assert f"| `{question.name}` | {asked.asked} | {asked.usual} | {asked.other} |" in text
        assert asked.page.startswith("https://docs.snowflake.com/en/")
