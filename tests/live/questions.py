"""Asks a warehouse what its documentation leaves open: one function for each question, and whether the answer is usual.

docs/operations.md says why no answer matters. Anything but the two answers of snowglobe.OpenQuestion raises Unforeseen.
"""

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import duckdb

from customertrack.warehouse import Connection, WarehouseError
from infra.names import warehouse_name
from snowglobe import OpenQuestion

FORMAT = (
    "TYPE = CSV PARSE_HEADER = TRUE ERROR_ON_COLUMN_COUNT_MISMATCH = FALSE FIELD_OPTIONALLY_ENCLOSED_BY = '\"' "
    "ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = ('') EMPTY_FIELD_AS_NULL = TRUE SKIP_BLANK_LINES = TRUE "
    "REPLACE_INVALID_CHARACTERS = TRUE"
)
_COPY = (
    "COPY INTO question FROM @questions {pattern} FILE_FORMAT = (FORMAT_NAME = '{file_format}') ON_ERROR = SKIP_FILE "
    "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE INCLUDE_METADATA = (source_row = METADATA$FILE_ROW_NUMBER)"
)
_TOPIC = "arn:aws:sns:us-east-1:123456789012:customertrack-question"
# Seconds that an update is given to come to where it waits.
_BLOCKED = 3


class Unforeseen(Exception):
    """An answer that is neither of the two."""


class Place(Protocol):
    """A schema of its own with a stage `questions` and a file format `question_csv`."""

    @property
    def connection(self) -> Connection:
        """A session with the schema."""
        ...

    def put(self, name: str, content: str | bytes) -> None:
        """Have a file in the stage."""
        ...

    def another(self) -> Connection:
        """One more session with the same schema."""
        ...


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.execute(sql)
    return [tuple(row) for row in cursor.fetchall()]


def _loaded(
    place: Place, name: str, text: str, pattern: str = "", file_format: str = "question_csv"
) -> list[tuple[Any, ...]]:
    place.put(name, text)
    connection = place.connection
    connection.cursor().execute("CREATE TABLE IF NOT EXISTS question (id VARCHAR, name VARCHAR, source_row NUMBER)")
    connection.cursor().execute("DELETE FROM question")
    chosen = f"PATTERN = '{pattern}'" if pattern else ""
    connection.cursor().execute(_COPY.format(pattern=chosen, file_format=file_format))
    return _rows(connection, "SELECT id, name, source_row FROM question ORDER BY id")


def _which(found: object, usual: object, other: object) -> bool:
    if found not in (usual, other):
        raise Unforeseen(f"{found!r} is neither {usual!r} nor {other!r}")
    return found == usual


def ragged_file(place: Place) -> bool:
    """A short row and a long one."""
    found = [row[:2] for row in _loaded(place, "ragged.csv", "id,name\n1,a\n2\n3,c,surplus\n")]
    return _which(found, [("1", "a"), ("2", None), ("3", "c")], [])


def quoted_empty_field(place: Place) -> bool:
    """Beside one without quotes, which is NULL for certain."""
    found = [row[:2] for row in _loaded(place, "quoted.csv", 'id,name\n1,""\n2,\n')]
    return _which(found, [("1", None), ("2", None)], [("1", ""), ("2", None)])


def quoted_null_word(place: Place) -> bool:
    """Beside one without quotes, which is NULL for certain."""
    words = FORMAT.replace("NULL_IF = ('')", "NULL_IF = ('', 'NULL')")
    place.connection.cursor().execute(f"CREATE OR REPLACE FILE FORMAT question_words {words}")
    loaded = _loaded(place, "words.csv", 'id,name\n1,"NULL"\n2,NULL\n', file_format="question_words")
    return _which([row[:2] for row in loaded], [("1", "NULL"), ("2", None)], [("1", None), ("2", None)])


def header_row_number(place: Place) -> bool:
    """Of two rows, so that their order shows as well."""
    found = [row[2] for row in _loaded(place, "header.csv", "id,name\n1,a\n2,b\n")]
    return _which(found, [1, 2], [2, 3])


def documents_on_a_line(place: Place) -> bool:
    """Beside another line, so that it shows whether the file is left out."""
    found = _documents(place, "line.json", '{"a":1}{"a":2}\n{"a":3}\n', "TYPE = JSON")
    return _which(len(found), 0, 3)


def parquet_null(place: Place) -> bool:
    """Whether the value at its path is NULL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "null.parquet"
        duckdb.execute(f"COPY (SELECT 1 AS a, NULL::INTEGER AS b) TO '{path}' (FORMAT parquet)")
        content = path.read_bytes()
    form = "TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE"
    found = _documents(place, "null.parquet", content, form)
    return _which(found, [(False,)], [(True,)])


def _documents(place: Place, name: str, content: str | bytes, form: str) -> list[tuple[Any, ...]]:
    """Of each document of a file that is loaded, whether nothing is at its path `b`."""
    place.put(name, content)
    execute = place.connection.cursor().execute
    execute(f"CREATE OR REPLACE FILE FORMAT question_documents {form}")
    execute("CREATE TABLE IF NOT EXISTS question_document (record VARIANT)")
    execute("DELETE FROM question_document")
    execute(
        f"COPY INTO question_document (record) FROM (SELECT $1 FROM @questions) PATTERN = '.*{name}' "
        "FILE_FORMAT = (FORMAT_NAME = 'question_documents') ON_ERROR = SKIP_FILE"
    )
    return _rows(place.connection, "SELECT record:b IS NULL FROM question_document")


def pattern(place: Place) -> bool:
    """One that fits in the middle of the name alone."""
    return _which(_loaded(place, "pattern.csv.bak", "id,name\n1,a\n", "pattern[.]csv"), [], [("1", "a", 1)])


def blocked_update(place: Place) -> bool:
    """Two sessions take what only one may have."""
    first, second = place.connection, place.another()
    first.cursor().execute("CREATE TABLE IF NOT EXISTS lease_question (holder VARCHAR)")
    first.cursor().execute("INSERT INTO lease_question VALUES (NULL)")
    counts: list[int | None] = []

    def take() -> None:
        cursor = second.cursor()
        cursor.execute("UPDATE lease_question SET holder = 'second' WHERE holder IS NULL")
        counts.append(cursor.rowcount)

    first.cursor().execute("BEGIN")
    first.cursor().execute("UPDATE lease_question SET holder = 'first' WHERE holder IS NULL")
    taking = threading.Thread(target=take)
    taking.start()
    taking.join(_BLOCKED)
    first.cursor().execute("COMMIT")
    taking.join()
    return _which(counts, [0], [1])


def function_language(place: Place) -> bool:
    """The error of a statement that does not parse, or none."""
    return _allowed(place, "CREATE OR REPLACE FUNCTION question_one() RETURNS INT LANGUAGE SQL AS $$ 1 $$", 1003)


def sns_policy(place: Place) -> bool:
    """For a topic that need not exist."""
    return _allowed(place, f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY('{_TOPIC}')", 3001)


def live_version(place: Place) -> bool:
    """Of an app of one line, which nobody opens. Its warehouse is that of the stage `live`."""
    connection = place.connection
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.py").write_text("import streamlit\n")
        for statement in (
            "CREATE STAGE IF NOT EXISTS question_files",
            f"PUT 'file://{folder}/app.py' @question_files AUTO_COMPRESS = FALSE OVERWRITE = TRUE",
            "CREATE OR REPLACE STREAMLIT question_app FROM '@question_files' MAIN_FILE = 'app.py' "
            f"QUERY_WAREHOUSE = {warehouse_name('live')}",
        ):
            connection.cursor().execute(statement)
    cursor = connection.cursor()
    cursor.execute("DESC STREAMLIT question_app")
    names = [column[0].lower() for column in cursor.description or ()]
    live = dict(zip(names, cursor.fetchone(), strict=True))["live_version_location_uri"]
    connection.cursor().execute("DROP STREAMLIT question_app")
    return not live


def _allowed(place: Place, sql: str, refusal: int) -> bool:
    try:
        place.connection.cursor().execute(sql)
    except Exception as error:
        if isinstance(error, WarehouseError) and error.errno == refusal:
            return False
        raise
    return True


ASK: dict[OpenQuestion, Callable[[Place], bool]] = {
    OpenQuestion.RAGGED_FILE: ragged_file,
    OpenQuestion.QUOTED_EMPTY_FIELD: quoted_empty_field,
    OpenQuestion.QUOTED_NULL_WORD: quoted_null_word,
    OpenQuestion.HEADER_ROW_NUMBER: header_row_number,
    OpenQuestion.DOCUMENTS_ON_A_LINE: documents_on_a_line,
    OpenQuestion.PARQUET_NULL: parquet_null,
    OpenQuestion.PATTERN: pattern,
    OpenQuestion.BLOCKED_UPDATE: blocked_update,
    OpenQuestion.FUNCTION_LANGUAGE: function_language,
    OpenQuestion.SNS_POLICY: sns_policy,
    OpenQuestion.LIVE_VERSION: live_version,
}
