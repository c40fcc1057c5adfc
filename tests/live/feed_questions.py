"""Asks a warehouse what refreshes, snapshots, JSON and Parquet depend on: a function for each question, and which
answers do.

docs/operations.md says what becomes of any other answer.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from customertrack.warehouse import WarehouseError
from tests.live.questions import Place

# As R__20_landing.sql has it, of JSON and of Parquet.
LINES = (
    "TYPE = CSV FIELD_DELIMITER = NONE FIELD_OPTIONALLY_ENCLOSED_BY = NONE ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE "
    "ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = ('') SKIP_BLANK_LINES = TRUE REPLACE_INVALID_CHARACTERS = TRUE"
)
_PARQUET = "TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE"
_LINES = ['{"a": "1,5;6\\n", "b": \'x\'}', '"a"', "\tc | d ", "\\N"]


@dataclass(frozen=True)
class FeedQuestion:
    """`ask` returns an answer, `holds` says whether all is well with it."""

    ask: Callable[[Place], Any]
    holds: Callable[[Any], bool]


def counted_rows(place: Place) -> list[tuple[Any, ...]]:
    """Of a file, what the load history says beside how many rows are there."""
    _load(place, "counted.csv", "a\n\nb\nc\n", LINES, "VARCHAR")
    return _rows(
        place,
        "SELECT row_count, (SELECT COUNT(*) FROM feed_question) FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
        "TABLE_NAME => 'feed_question', START_TIME => DATEADD('day', -1, CURRENT_TIMESTAMP()))) "
        "WHERE status = 'Loaded' QUALIFY ROW_NUMBER() OVER (ORDER BY last_load_time DESC) = 1",
    )


def lines_of_text(place: Place) -> list[str]:
    """Lines with everything in them that means something in CSV."""
    _load(place, "lines.csv", "".join(f"{line}\n" for line in _LINES), LINES, "VARCHAR")
    return [text for (text,) in _rows(place, "SELECT landed FROM feed_question ORDER BY source_row")]


def doubled_name(place: Place) -> str | None:
    """The value of a name that stands twice in an object; None if it is no JSON."""
    ((found,),) = _rows(place, """SELECT GET_PATH(TRY_PARSE_JSON('{"a": 1, "a": 2}'), 'a')::VARCHAR""")
    return found


def times_of_parquet(place: Place) -> tuple[str, ...]:
    """The types that a date, a time without a zone and one in UTC have in a VARIANT."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "times.parquet"
        values = "DATE '2026-01-31' AS d, TIMESTAMP '2026-01-31 12:00:00' AS n, TIMESTAMPTZ '2026-01-31 12:00:00Z' AS z"
        duckdb.execute(f"COPY (SELECT {values}) TO '{path}' (FORMAT parquet)")
        content = path.read_bytes()
    _load(place, "times.parquet", content, _PARQUET, "VARIANT")
    types = ", ".join(f"TYPEOF(GET_PATH(landed, '{name}'))" for name in "dnz")
    return _rows(place, f"SELECT {types} FROM feed_question")[0]


def time_in_a_name(place: Place) -> tuple[str | None, ...]:
    """What a group of a regular expression takes, the first time and the second."""
    taken = ", ".join(
        rf"REGEXP_SUBSTR('stock_2026-01-31.csv', 'stock_(\\d{{4}}-\\d{{2}}-\\d{{2}})', 1, {which}, 'e', 1)"
        for which in (1, 2)
    )
    return _rows(place, f"SELECT {taken}")[0]


def call_in_a_transaction(place: Place) -> int:
    """How many of a called procedure's rows are left after its caller's ROLLBACK."""
    for statement in (
        "CREATE TABLE IF NOT EXISTS called_question (n NUMBER)",
        "DELETE FROM called_question",
        "CREATE OR REPLACE PROCEDURE inner_question() RETURNS VARCHAR LANGUAGE SQL EXECUTE AS OWNER AS "
        "$$ BEGIN INSERT INTO called_question SELECT 1; RETURN 'done'; END $$",
        "CREATE OR REPLACE PROCEDURE outer_question() RETURNS VARCHAR LANGUAGE SQL EXECUTE AS OWNER AS "
        "$$ BEGIN BEGIN TRANSACTION; CALL inner_question(); ROLLBACK; RETURN 'done'; END $$",
        "CALL outer_question()",
    ):
        place.connection.cursor().execute(statement)
    return _rows(place, "SELECT COUNT(*) FROM called_question")[0][0]


def history_in_a_procedure(place: Place) -> int:
    """How many loads of a table a procedure with its owner's rights is told of, which has had one."""
    _load(place, "history.csv", "a\n", LINES, "VARCHAR")
    place.connection.cursor().execute(
        "CREATE OR REPLACE PROCEDURE history_question() RETURNS NUMBER LANGUAGE SQL EXECUTE AS OWNER AS "
        "$$ DECLARE loads INTEGER; BEGIN SELECT COUNT(*) INTO :loads FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
        "TABLE_NAME => 'feed_question', START_TIME => DATEADD('hour', -1, CURRENT_TIMESTAMP()))); "
        "RETURN loads; END $$"
    )
    return _rows(place, "CALL history_question()")[0][0]


def value_left_out(place: Place) -> str:
    """What becomes of an INSERT FIRST one of whose values is too long for the table that the row is not for."""
    for statement in (
        "CREATE TABLE IF NOT EXISTS narrow_question (a VARCHAR(1))",
        "CREATE TABLE IF NOT EXISTS wide_question (a VARCHAR)",
    ):
        place.connection.cursor().execute(statement)
    try:
        place.connection.cursor().execute(
            "INSERT FIRST WHEN LENGTH(a) = 1 THEN INTO narrow_question (a) VALUES (a) "
            "ELSE INTO wide_question (a) VALUES (a) SELECT 'ab' AS a"
        )
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        return "it fails"
    return "it is done"


def _load(place: Place, name: str, content: str | bytes, form: str, kind: str) -> None:
    place.put(name, content)
    for statement in (
        f"CREATE OR REPLACE FILE FORMAT feed_question_format {form}",
        "DROP TABLE IF EXISTS feed_question",
        f"CREATE TABLE feed_question (source_row NUMBER, landed {kind})",
        "COPY INTO feed_question (source_row, landed) FROM (SELECT METADATA$FILE_ROW_NUMBER, $1 FROM @questions) "
        f"PATTERN = '.*{name}' FILE_FORMAT = (FORMAT_NAME = 'feed_question_format') ON_ERROR = SKIP_FILE",
    ):
        place.connection.cursor().execute(statement)


def _rows(place: Place, sql: str) -> list[tuple[Any, ...]]:
    cursor: Any = place.connection.cursor()
    cursor.execute(sql)
    return [tuple(row) for row in cursor.fetchall()]


FEED_QUESTIONS: Mapping[str, FeedQuestion] = {
    "counted_rows": FeedQuestion(counted_rows, lambda found: found == [(3, 3)]),
    "lines_of_text": FeedQuestion(lines_of_text, lambda found: found == _LINES),
    "doubled_name": FeedQuestion(doubled_name, lambda found: found in (None, "1", "2")),
    "times_of_parquet": FeedQuestion(
        times_of_parquet,
        lambda found: all(each in ("DATE", "VARCHAR") or each.startswith("TIMESTAMP") for each in found),
    ),
    "time_in_a_name": FeedQuestion(time_in_a_name, lambda found: found == ("2026-01-31", None)),
    "call_in_a_transaction": FeedQuestion(call_in_a_transaction, lambda found: found == 0),
    "history_in_a_procedure": FeedQuestion(history_in_a_procedure, lambda found: found == 1),
    "value_left_out": FeedQuestion(value_left_out, lambda found: found in ("it is done", "it fails")),
}
