"""The console in Snowflake: made, made again when its files are others, taken away; owned by a role that reads."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.console_app import app_files
from lambdas.migrate import console
from lambdas.reason import Failed
from snowglobe import OpenQuestion
from snowglobe.objects import streamlit
from tests.lambdas.migrate.deploy import Deploy, refusing
from tests.lambdas.migrate.warehouse import Warehouse
from tests.lambdas.properties import ENVIRONMENT, MIGRATIONS
from tests.sql.test_grammars import read_by_sqlfluff, read_by_sqlglot

ROOT = Path(__file__).parents[3]
ROLE = "CUSTOMERTRACK_DEV_CONSOLE"
APP = "dimension.console"
STATEMENTS = "-- The console of CustomerTrack\nCREATE ROLE IF NOT EXISTS CUSTOMERTRACK_DEV_CONSOLE;\n"
ON = MIGRATIONS | {"ConsoleRole": ROLE, "ConsoleStatements": STATEMENTS, "ConsoleHash": "1"}
# What the administrator's statements give the role.
ADMINISTRATOR = "GRANT USAGE ON WAREHOUSE customertrack_dev TO ROLE customertrack_dev_console"


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app's files as the package has them."""
    folder = tmp_path_factory.mktemp("package") / "console"
    for name, path in app_files(ROOT, ["customer"]).items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return folder


@pytest.fixture
def files(packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "console"
    shutil.copytree(packaged, folder)
    monkeypatch.setattr(console, "FILES", folder)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def on(redeploy: Deploy, files: Path) -> Deploy:
    """After a deploy that has made the console."""
    redeploy.warehouse.run(ADMINISTRATOR)
    redeploy("Update", ON)
    return redeploy


def made_of(warehouse: Warehouse) -> dict[str, bytes]:
    """The files of the app in Snowflake."""
    return streamlit.files(warehouse._kept._session, APP)


def there(files: Path) -> dict[str, bytes]:
    return {path.relative_to(files).as_posix(): path.read_bytes() for path in files.rglob("*") if path.is_file()}


def shown(warehouse: Warehouse) -> list[tuple[str, ...]]:
    return warehouse.rows("SHOW STREAMLITS IN SCHEMA CUSTOMERTRACK_DEV.DIMENSION")


def staged(warehouse: Warehouse) -> list[str]:
    return [name for name, *_ in warehouse.rows("LIST @CUSTOMERTRACK_DEV.DIMENSION.CONSOLE_FILES")]


def granted(warehouse: Warehouse) -> dict[str, str]:
    """What the role was granted, by the object."""
    of_the_role = f"kind = 'Grant' AND name LIKE '{ROLE.lower()} %'"
    return dict(warehouse.look(f"SELECT name, definition FROM embedded.object WHERE {of_the_role}"))


def test_it_is_off_unless_the_stage_says_so(redeploy: Deploy):
    redeploy("Update", Revision="2")
    assert shown(redeploy.warehouse) == []
    assert [
        text for text in redeploy.warehouse.sent if "STREAMLIT" in text or ("ROLE " in text and "CONSOLE" in text)
    ] == []


def test_the_app_has_all_files_and_belongs_to_the_role_that_reads(on: Deploy, files: Path):
    assert made_of(on.warehouse) == there(files)
    assert {"streamlit_app.py", "environment.yml", ".streamlit/config.toml", "dimensions/customer.toml"} < set(
        made_of(on.warehouse)
    )
    ((*_, title, comment, warehouse, owner),) = shown(on.warehouse)
    assert (title, warehouse, owner) == ("CustomerTrack", "CUSTOMERTRACK_DEV", ROLE)
    assert {name.split("/")[1] for name in staged(on.warehouse)} == {comment.removeprefix("version:")}
    assert live(on.warehouse)


def live(warehouse: Warehouse) -> bool:
    return warehouse.rows("DESC STREAMLIT CUSTOMERTRACK_DEV.DIMENSION.CONSOLE")[0][-1] is not None


def test_once_made_its_role_makes_no_other_and_the_session_is_the_deploys_again(on: Deploy):
    kept = json.loads(granted(on.warehouse)[f"{ROLE.lower()} SCHEMA dimension"])
    assert kept["privileges"] == ["USAGE"]
    assert on.warehouse.count("GRANT CREATE STREAMLIT") == on.warehouse.count("REVOKE CREATE STREAMLIT") == 1
    used = [text for text in on.warehouse.sent if text.startswith("USE ROLE")]
    assert used == [f'USE ROLE "{ROLE}"', 'USE ROLE "CUSTOMERTRACK_DEV"']


def test_a_deploy_with_the_same_files_changes_nothing(on: Deploy):
    before = shown(on.warehouse), staged(on.warehouse), granted(on.warehouse)
    on.warehouse.sent.clear()
    on("Update", ON, Revision="2")
    assert on.warehouse.count("PUT ") == on.warehouse.count("CREATE OR REPLACE STREAMLIT") == 0
    assert (shown(on.warehouse), staged(on.warehouse), granted(on.warehouse)) == before


def test_other_files_make_another_app_and_the_earlier_ones_go(on: Deploy, files: Path):
    before = shown(on.warehouse)
    (files / "customertrack/errors.py").write_text("'''Another.'''\n")
    (files / "customertrack/console/palette.py").unlink()
    on("Update", ON | {"ConsoleHash": "2"})
    assert made_of(on.warehouse) == there(files)
    assert shown(on.warehouse) != before
    assert len({name.split("/")[1] for name in staged(on.warehouse)}) == 1
    assert len(staged(on.warehouse)) == len(there(files))
    assert live(on.warehouse)


def test_what_was_interrupted_is_taken_up(redeploy: Deploy, files: Path):
    warehouse = redeploy.warehouse
    warehouse.run(ADMINISTRATOR)
    for beginning in ("CREATE OR REPLACE STREAMLIT", "ALTER STREAMLIT", "PUT 'file"):
        warehouse.refuse = refusing(beginning)
        with pytest.raises(Failed, match="all is deployed but the console"):
            redeploy("Update", ON)
        warehouse.refuse = lambda statement: None
        (files / "customertrack/errors.py").write_text(f"'''After {beginning.split()[0]}.'''\n")
    redeploy("Update", ON)
    assert made_of(warehouse) == there(files)
    assert live(warehouse)
    assert [text for text in warehouse.sent if text.startswith("USE ROLE")][-1] == 'USE ROLE "CUSTOMERTRACK_DEV"'


def test_a_role_that_is_not_there_gives_the_administrators_statements(redeploy: Deploy, files: Path):
    redeploy.warehouse.refuse = refusing(f'GRANT USAGE ON DATABASE "CUSTOMERTRACK_DEV" TO ROLE "{ROLE}"', errno=2003)
    with pytest.raises(Failed) as failed:
        redeploy("Update", ON)
    assert f"if the role {ROLE} does not exist yet" in str(failed.value)
    assert str(failed.value).endswith(STATEMENTS)


def test_turned_off_it_is_gone_and_turned_on_it_is_back(on: Deploy, files: Path):
    on("Update", Revision="2")
    assert shown(on.warehouse) == []
    assert on.warehouse.look("SELECT COUNT(*) FROM embedded.staged_file") == [(0,)]
    on("Update", Revision="3")
    on("Update", ON)
    assert made_of(on.warehouse) == there(files)


def test_what_kept_it_from_being_taken_away_is_done_by_the_next_deploy(on: Deploy):
    on.warehouse.refuse = refusing("DROP STAGE")
    with pytest.raises(Failed):
        on("Update", Revision="2")
    on.warehouse.refuse = lambda statement: None
    on("Update", Revision="2")
    assert on.warehouse.rows(
        "SELECT COUNT(*) FROM CUSTOMERTRACK_DEV.INFORMATION_SCHEMA.STAGES WHERE STAGE_NAME = 'CONSOLE_FILES'"
    ) == [(0,)]


def test_an_app_that_is_live_from_the_beginning_is_left_so(
    redeploy: Deploy, files: Path, monkeypatch: pytest.MonkeyPatch
):
    redeploy.warehouse.run(ADMINISTRATOR)
    redeploy.warehouse.otherwise = [OpenQuestion.LIVE_VERSION]
    redeploy("Update", ON)
    assert redeploy.warehouse.count("ALTER STREAMLIT") == 0
    assert live(redeploy.warehouse)


# Statements that a grammar lacks though Snowflake documents them, by their page.
GAPS: list[tuple[Callable[[str], bool], set[str]]] = [
    (read_by_sqlglot, {"ALTER STREAMLIT", "CREATE OR REPLACE STREAMLIT", "REMOVE", "SHOW STREAMLITS"}),
    (read_by_sqlfluff, {"ALTER STREAMLIT", "CREATE OR REPLACE STREAMLIT"}),
]


def test_every_statement_is_read_by_a_second_grammar_or_a_known_gap(on: Deploy, files: Path):
    (files / "customertrack/errors.py").write_text("'''Another.'''\n")
    on("Update", ON | {"ConsoleHash": "2"})
    on("Update", Revision="2")
    # Those of files are read elsewhere (tests/sql/test_grammars.py).
    of_files = ("GRANT SELECT", "GRANT MONITOR", "GRANT USAGE ON FUNCTION")
    sent = [text for text in dict.fromkeys(on.warehouse.sent) if "CONSOLE" in text and not text.startswith(of_files)]
    assert len(sent) > 15
    for read, gaps in GAPS:
        unread = [text for text in sent if not read(text)]
        assert [text for text in unread if not text.startswith(tuple(gaps))] == []
        assert {gap for gap in gaps for text in unread if text.startswith(gap)} == gaps
