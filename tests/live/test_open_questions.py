"""What the documentation leaves open, asked in a real account: a test of its own for each question.

Any of the two answers passes, because neither breaks or loses anything (docs/operations.md, "Not verified"); which one
it was is in the report (`--junit-xml`, or `-rA`). What is asserted must hold whatever the answers are.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from customertrack.warehouse import Connection
from lambdas.watch import pipeline
from snowglobe import OpenQuestion
from tests.live.accounts import WAREHOUSE, Live, deployed, signed_in
from tests.live.feed_questions import FEED_QUESTIONS
from tests.live.questions import ASK, FORMAT

pytestmark = [pytest.mark.live, pytest.mark.timeout(7200)]
Record = Callable[[str, object], None]


class Account:
    """A Place in the account: a schema with an internal stage, which goes with the stage's database."""

    def __init__(self, at_the_end: ExitStack) -> None:
        self._at_the_end = at_the_end
        self.connection = self.another()
        for statement in (
            f"CREATE FILE FORMAT IF NOT EXISTS question_csv {FORMAT}",
            "CREATE STAGE IF NOT EXISTS questions",
        ):
            self.connection.cursor().execute(statement)

    def put(self, name: str, content: str | bytes) -> None:
        landed = content.encode() if isinstance(content, str) else content
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_bytes(landed)
            self.connection.cursor().execute(f"PUT file://{folder}/{name} @questions AUTO_COMPRESS = FALSE")

    def another(self) -> Connection:
        connection = self._at_the_end.enter_context(closing(signed_in()))
        connection.cursor().execute(f"CREATE SCHEMA IF NOT EXISTS {WAREHOUSE}.open_questions")
        connection.cursor().execute(f"USE SCHEMA {WAREHOUSE}.open_questions")
        return connection


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with deployed(os.environ) as stage:
        yield stage


@pytest.fixture(scope="module")
def account(live: Live) -> Iterator[Account]:
    with ExitStack() as at_the_end:
        yield Account(at_the_end)


@pytest.fixture
def dimension(live: Live) -> Iterator[Connection]:
    with closing(signed_in()) as connection:
        yield connection


def one(connection: Connection, sql: str) -> object:
    cursor = connection.cursor()
    cursor.execute(sql)
    return cursor.fetchone()[0]


@pytest.mark.parametrize("question", OpenQuestion, ids=lambda question: question.name.lower())
def test_it_has_one_of_its_two_answers(account: Account, record_property: Record, question: OpenQuestion):
    usual = ASK[question](account)
    record_property("answer", question.value.usual if usual else question.value.other)


@pytest.mark.parametrize("name", FEED_QUESTIONS)
def test_what_snapshots_and_records_depend_on_holds(account: Account, record_property: Record, name: str):
    answer = FEED_QUESTIONS[name].ask(account)
    record_property("answer", str(answer))
    assert FEED_QUESTIONS[name].holds(answer)


def test_the_newest_batch_is_read_with_or_without_a_warehouse(dimension: Connection, record_property: Record):
    """What is not promised is that MIN and MAX come out of metadata; if they do not, the watch costs more."""
    cursor = dimension.cursor()
    cursor.execute(f"ALTER WAREHOUSE {WAREHOUSE} SUSPEND")
    cursor.execute(pipeline.LAST_BATCH)
    assert len(cursor.fetchall()) == 1
    cursor.execute(f"SHOW WAREHOUSES LIKE '{WAREHOUSE}'")
    record_property("answer", str(cursor.fetchone()[1]))


@pytest.mark.parametrize("strict", ["TRUE", "FALSE"])
def test_a_null_in_an_array_and_the_signature_beside_it(dimension: Connection, record_property: Record, strict: str):
    dimension.cursor().execute(f"ALTER SESSION SET STRICT_JSON_OUTPUT = {strict}")
    record_property("answer", one(dimension, "SELECT TO_JSON(ARRAY_CONSTRUCT(NULL))"))
    found = one(dimension, "SELECT customer_signature('Ann', NULL, '', NULL, NULL, NULL, NULL)")
    assert found == hashlib.md5(b"first_name:3:Annemail:0:").digest()


def test_no_column_has_a_collation(dimension: Connection):
    columns = ("first_name", "updated_at", "source_file")
    for column in columns:
        assert one(dimension, f"SELECT COLLATION(ANY_VALUE({column})) FROM customer_raw") in (None, "")


def test_no_format_of_the_session_moves_the_open_end(dimension: Connection):
    dimension.cursor().execute("ALTER SESSION SET TIMESTAMP_INPUT_FORMAT = 'DD.MM.YYYY'")
    ends = "SELECT COUNT(*) FROM customer_history WHERE is_current AND valid_to <> TO_TIMESTAMP_NTZ(?, 'YYYY-MM-DD')"
    cursor = dimension.cursor()
    cursor.execute(ends, ["9999-12-31"])
    assert cursor.fetchone()[0] == 0
