"""The files of the console as the real driver puts them: each is found by a pattern that fits no folder."""

import functools
import shutil
from pathlib import Path

import pytest

from infra.console_app import app_files
from lambdas import connection
from lambdas.dimension import Dimension
from lambdas.environment import read
from lambdas.migrate import console
from lambdas.migrate.console import Console
from tests.lambdas.properties import ENVIRONMENT
from tests.lambdas.server import Rows, serving

ROOT = Path(__file__).parents[3]
KEPT = '@"CUSTOMERTRACK_DEV"."DIMENSION"."CONSOLE_FILES"/'


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "console"
    for name, path in app_files(ROOT, ["customer"]).items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    monkeypatch.setattr(console, "FILES", folder)
    return folder


def answer(statement: str) -> Rows:
    """A new account, in which there is no app yet."""
    if statement.startswith("DESC STREAMLIT"):
        return ["live_version_location_uri"], [("snow://streamlit/x/versions/live/",)]
    return ["name", "comment"], []


def test_it_puts_each_file_into_its_folder(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stage = tmp_path / "stage"
    with serving(answer, stage=stage) as server:
        here = {"host": "localhost", "port": server.port, "protocol": "http"}
        monkeypatch.setattr(connection.connector, "connect", functools.partial(connection.connector.connect, **here))
        monkeypatch.setenv("SNOWFLAKE_WIF_ALLOWED_HOST_SUFFIXES", "localhost")
        session = connection.connect(read(ENVIRONMENT))
        own = Console("CUSTOMERTRACK_DEV", "LOOKS", "CUSTOMERTRACK_DEV", "CUSTOMERTRACK_DEV", (Dimension("customer"),))
        console.make(session, own)
        session.close()
    (version,) = stage.iterdir()
    put = {path.relative_to(version).as_posix(): path.read_bytes() for path in version.rglob("*") if path.is_file()}
    assert put == {path.relative_to(files).as_posix(): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    (created,) = [text for text in server.statements if text.startswith("CREATE OR REPLACE STREAMLIT")]
    assert f"FROM '@CUSTOMERTRACK_DEV.DIMENSION.CONSOLE_FILES/{version.name}'" in created
