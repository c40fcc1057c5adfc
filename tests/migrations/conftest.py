"""What the tests of the runner share: an embedded warehouse, files, and a look at what came of them."""

from typing import Any

import pytest

from snowglobe import connect


@pytest.fixture
def warehouse(tmp_path):
    """Opens sessions with one empty warehouse."""
    opened = []

    def open_session():
        opened.append(connect(tmp_path / "home" / "warehouse.duckdb", database_name="ct"))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


@pytest.fixture
def rows(warehouse):
    session = warehouse()

    def query(sql: str, *binds: object) -> list[Any]:
        cursor = session.cursor()
        cursor.execute(sql, binds)
        return cursor.fetchall()

    return query


@pytest.fixture
def write(tmp_path):
    def write_files(**files: str):
        for name, text in files.items():
            (tmp_path / f"{name}.sql").write_text(text)
        return tmp_path

    return write_files


@pytest.fixture
def folder(write):
    """Two versioned files and a repeatable one; `ct.public.told` says which statements ran, in order."""
    return write(
        V1__tables=(
            "CREATE SCHEMA IF NOT EXISTS ct.work;\nCREATE SCHEMA IF NOT EXISTS ct.other;\n"
            "CREATE TABLE IF NOT EXISTS ct.work.told (n INT, word VARCHAR);"
        ),
        V2__words="INSERT INTO ct.work.told VALUES (1, 'a; b');\nINSERT INTO ct.work.told VALUES (2, '{{ word }}');",
        R__view="CREATE OR REPLACE VIEW ct.work.words AS SELECT word FROM ct.work.told; -- {{ word }}",
    )
