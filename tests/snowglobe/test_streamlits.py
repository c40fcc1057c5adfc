"""Internal stages and Streamlit apps: files are put, listed, removed and copied; and what it takes to own an app."""

import hashlib
from datetime import UTC
from email.utils import format_datetime
from pathlib import Path

import pytest

from snowglobe import OpenQuestion, connect
from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.objects import streamlit
from tests.snowglobe.conftest import COPY, Clock
from tests.snowglobe.support import rows, run, value

CREATE = "CREATE OR REPLACE STREAMLIT app FROM '@files/v1' MAIN_FILE = 'app.py' QUERY_WAREHOUSE = w TITLE = 'It'"
NEEDED = [
    "GRANT USAGE ON DATABASE snowglobe TO ROLE reader",
    "GRANT USAGE ON SCHEMA dimension TO ROLE reader",
    "GRANT CREATE STREAMLIT ON SCHEMA dimension TO ROLE reader",
    "GRANT READ ON STAGE files TO ROLE reader",
    "GRANT USAGE ON WAREHOUSE w TO ROLE reader",
]


@pytest.fixture
def source(folder: Path) -> Path:
    """An app's files, a module in a folder among them."""
    (folder / "app" / "pages").mkdir(parents=True)
    (folder / "app" / "app.py").write_bytes(b"import pages\n")
    (folder / "app" / ".hidden.toml").write_bytes(b"a = 1\n")
    (folder / "app" / "pages" / "one key.py").write_bytes(b"\xff\n")
    return folder / "app"


@pytest.fixture
def staged(warehouse: Connection, source: Path) -> Connection:
    run(warehouse, "CREATE STAGE files COMMENT = 'of the app'")
    put(warehouse, source, "v1")
    return warehouse


def put(warehouse: Connection, source: Path, version: str) -> None:
    for name, folder in (("*.py", ""), (".*.toml", ""), ("pages/*", "/pages")):
        if name != ".*.toml" or (source / ".hidden.toml").exists():
            sql = f"PUT 'file://{source}/{name}' @files/{version}{folder} AUTO_COMPRESS = FALSE OVERWRITE = TRUE"
            run(warehouse, sql)


def listed(warehouse: Connection, stage: str = "@files") -> list[str]:
    return [row[0] for row in rows(warehouse, f"LIST {stage}")]


def test_files_are_listed_with_size_checksum_and_time(staged: Connection, source: Path, clock: Clock):
    content = (source / "app.py").read_bytes()
    modified = format_datetime(clock().replace(tzinfo=UTC, microsecond=0), usegmt=True)
    (found,) = [row for row in rows(staged, "LIST @files") if row[0] == "files/v1/app.py"]
    assert found[1:] == (len(content), hashlib.md5(content).hexdigest(), modified)
    assert listed(staged) == ["files/v1/.hidden.toml", "files/v1/app.py", "files/v1/pages/one key.py"]
    assert listed(staged, "@snowglobe.dimension.files/v1/pages/") == ["files/v1/pages/one key.py"]
    assert listed(staged, "@files/v1/page") == []


def test_what_is_there_is_overwritten_only_if_that_is_said(staged: Connection, source: Path):
    (source / "app.py").write_bytes(b"other")
    sql = f"PUT 'file://{source}/ap?.py' @files/v1 AUTO_COMPRESS = FALSE"
    assert rows(staged, sql) == [("app.py", "app.py", 5, 5, "NONE", "NONE", "SKIPPED", "")]
    assert [row[6] for row in rows(staged, f"{sql} OVERWRITE = TRUE")] == ["UPLOADED"]
    assert [row[1] for row in rows(staged, "LIST @files/v1") if row[0].endswith("app.py")] == [5]


def test_a_file_that_is_not_there_is_an_error(staged: Connection, source: Path):
    with pytest.raises(ProgrammingError, match="File doesn't exist"):
        run(staged, f"PUT 'file://{source}/*.md' @files AUTO_COMPRESS = FALSE")


def test_as_by_the_driver_a_folder_is_an_error_and_a_hidden_file_is_not_found(staged: Connection, source: Path):
    run(staged, "REMOVE @files")
    with pytest.raises(ProgrammingError, match=f"Not a file but a directory: {source}/pages"):
        run(staged, f"PUT 'file://{source}/*' @files AUTO_COMPRESS = FALSE")
    with pytest.raises(ProgrammingError, match="File doesn't exist"):
        run(staged, f"PUT 'file://{source}/*.toml' @files AUTO_COMPRESS = FALSE")
    assert listed(staged) == []


def test_files_are_removed_by_folder(staged: Connection, source: Path):
    put(staged, source, "v2")
    assert rows(staged, "REMOVE @files/v1/pages") == [("files/v1/pages/one key.py", "removed")]
    assert rows(staged, "RM @files/v") == []
    assert len(rows(staged, "REMOVE @files/v1/")) == 2
    assert [name.split("/")[1] for name in listed(staged)] == ["v2"] * 3
    run(staged, "DROP STAGE files", "CREATE STAGE files")
    assert listed(staged) == []


def test_a_transaction_that_is_undone_undoes_what_was_put(staged: Connection, source: Path):
    run(staged, "BEGIN", "REMOVE @files", "ROLLBACK")
    assert len(listed(staged)) == 3


def test_an_app_is_a_copy_of_the_files(staged: Connection, source: Path):
    run(staged, CREATE, "REMOVE @files")
    made = streamlit.files(staged._session, "dimension.app")
    assert made == {
        "app.py": b"import pages\n",
        ".hidden.toml": b"a = 1\n",
        "pages/one key.py": b"\xff\n",
    }
    (source / "app.py").write_bytes(b"other")
    (source / ".hidden.toml").unlink()
    put(staged, source, "v1")
    run(staged, CREATE)
    assert set(streamlit.files(staged._session, "dimension.app")) == {"app.py", "pages/one key.py"}
    run(staged, "DROP STREAMLIT app")
    assert streamlit.files(staged._session, "dimension.app") == {}
    assert rows(staged, "SHOW STREAMLITS") == []


def test_it_is_shown_and_described(staged: Connection):
    run(staged, CREATE)
    cursor = staged.cursor().execute("SHOW STREAMLITS LIKE 'A%' IN SCHEMA snowglobe.dimension")
    named = [column[0] for column in cursor.description or ()]
    (row,) = cursor.fetchall()
    assert dict(zip(named, row, strict=True)) == {
        "name": "APP",
        "database_name": "SNOWGLOBE",
        "schema_name": "DIMENSION",
        "title": "It",
        "comment": "",
        "query_warehouse": "W",
        "owner": "",
    }
    assert live(staged) is None
    run(staged, "ALTER STREAMLIT app ADD LIVE VERSION FROM LAST")
    assert live(staged) == "snow://streamlit/SNOWGLOBE.DIMENSION.APP/versions/live/"
    with pytest.raises(ProgrammingError, match="already a live version"):
        run(staged, "ALTER STREAMLIT app ADD LIVE VERSION FROM LAST")
    run(staged, CREATE)
    assert live(staged) is None


def live(warehouse: Connection) -> object:
    cursor = warehouse.cursor().execute("DESC STREAMLIT app")
    names = [column[0] for column in cursor.description or ()]
    return dict(zip(names, cursor.fetchall()[0], strict=True))["live_version_location_uri"]


def test_a_live_version_may_be_there_from_the_beginning(folder: Path, source: Path):
    with connect(folder / "other.duckdb", otherwise=[OpenQuestion.LIVE_VERSION]) as warehouse:
        run(warehouse, "CREATE STAGE files")
        put(warehouse, source, "v1")
        run(warehouse, CREATE)
        assert live(warehouse) is not None
        with pytest.raises(ProgrammingError, match="already a live version"):
            run(warehouse, "ALTER STREAMLIT app ADD LIVE VERSION FROM LAST")


def test_its_owner_is_the_role_in_use(staged: Connection):
    run(staged, *NEEDED, "USE ROLE reader", CREATE, "USE ROLE other")
    assert rows(staged, "SHOW STREAMLITS")[0][-1] == "READER"


@pytest.mark.parametrize("missing", NEEDED)
def test_who_makes_it_needs_each_of_the_privileges(staged: Connection, missing: str):
    run(staged, *(grant for grant in NEEDED if grant != missing), "USE ROLE reader")
    with pytest.raises(ProgrammingError, match=r"not authorized|Insufficient privileges"):
        run(staged, CREATE)
    assert value(staged, "SELECT 1") == 1
    run(staged, missing, CREATE)


def test_a_grant_on_an_app_goes_when_it_is_made_anew(staged: Connection):
    run(staged, CREATE, "GRANT USAGE ON STREAMLIT app TO ROLE viewer")
    granted = "SELECT count(*) FROM embedded.object WHERE kind = 'Grant'"
    assert staged._session.rows(granted) == [(1,)]
    run(staged, CREATE)
    assert staged._session.rows(granted) == [(0,)]


def test_nothing_is_loaded_from_an_internal_stage(landing: Connection):
    run(landing, "CREATE STAGE files")
    with pytest.raises(NotSupportedError, match="FILES is an internal one"):
        run(landing, COPY.replace("@ext_stage", "@files"))
