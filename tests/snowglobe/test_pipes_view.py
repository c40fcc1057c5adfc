"""INFORMATION_SCHEMA.PIPES: what a pipe is, and what it listens on."""

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.conftest import COPY
from tests.snowglobe.support import rows, run, value

TOPIC = "arn:aws:sns:us-east-1:123456789012:landing"
OPTIONS = f"AUTO_INGEST = TRUE AWS_SNS_TOPIC = '{TOPIC}' COMMENT = 'announced on {TOPIC}'"
COMMENT = (
    "SELECT COMMENT FROM \"SNOWGLOBE\".INFORMATION_SCHEMA.PIPES WHERE PIPE_SCHEMA = 'DIMENSION' AND PIPE_NAME = '{}'"
)


def test_there_is_a_row_for_each_pipe(landing: Connection):
    assert rows(landing, "SELECT * FROM information_schema.pipes") == []
    copy = COPY.replace("FILE_FORMAT", "PATTERN = '.*[.]csv' FILE_FORMAT")
    run(landing, f"CREATE PIPE one {OPTIONS} AS {copy}", f"CREATE PIPE two AUTO_INGEST = TRUE AS {COPY}")
    cursor = landing.cursor().execute("SELECT p.* FROM information_schema.pipes AS p ORDER BY p.pipe_name")
    names = [column.name for column in cursor.description or ()]
    assert names == [
        *("PIPE_CATALOG", "PIPE_SCHEMA", "PIPE_NAME", "PIPE_OWNER", "DEFINITION", "IS_AUTOINGEST_ENABLED"),
        *("NOTIFICATION_CHANNEL_NAME", "COMMENT", "PATTERN"),
    ]
    assert cursor.fetchall() == [
        ("SNOWGLOBE", "DIMENSION", "ONE", None, copy, "YES", TOPIC, f"announced on {TOPIC}", ".*[.]csv"),
        ("SNOWGLOBE", "DIMENSION", "TWO", None, COPY, "YES", None, None, None),
    ]


def test_a_dropped_pipe_is_gone_from_it(landing: Connection):
    run(landing, f"CREATE PIPE one {OPTIONS} AS {COPY}")
    assert rows(landing, COMMENT.format("ONE")) == [(f"announced on {TOPIC}",)]
    assert rows(landing, COMMENT.format("one")) == []
    run(landing, 'DROP PIPE IF EXISTS "SNOWGLOBE"."DIMENSION"."ONE"')
    assert rows(landing, COMMENT.format("ONE")) == []


def test_it_is_a_table_like_others(landing: Connection):
    run(landing, f"CREATE PIPE one {OPTIONS} AS {COPY}")
    assert value(landing, "SELECT COUNT(*) FROM information_schema.pipes WHERE pipe_name = ?", "ONE") == 1
    joined = "SELECT pipes.pipe_name FROM information_schema.pipes JOIN (SELECT 'ONE' AS n) AS x ON x.n = pipe_name"
    assert rows(landing, joined) == [("ONE",)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT comment FROM other.information_schema.pipes",
        "SELECT created FROM information_schema.pipes",
        "SELECT * FROM information_schema.tables",
        "DELETE FROM information_schema.pipes",
    ],
)
def test_nothing_else_of_it_is_known(landing: Connection, query: str):
    with pytest.raises(ProgrammingError):
        rows(landing, query)
