"""The app as the deploy makes it, run as Snowflake would run it: by a role that has just what the deploy grants."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from infra.console_app import app_files
from lambdas.dimension import Dimension
from lambdas.migrate import console
from lambdas.migrate.console import Console
from snowglobe.objects import streamlit
from tests.csv_text import csv_text

ROOT = Path(__file__).parents[2]
ROLE = "customertrack_console"
DIMENSIONS = ("customer", "product")
PAGES = ("overview", "one_key", "changes", "rejects", "refreshes", "definition")
# What making the app took, and no page asks for.
OF_THE_DEPLOY = {("READ", "STAGE", "dimension.console_files"), ("USAGE", "WAREHOUSE", "customertrack")}
COLUMNS = ["customer_id", "first_name", "updated_at"]


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every page, looked at once, and what the role was granted."""
    folder = tmp_path_factory.mktemp("account")
    home = Home(folder / "home")
    home.take_up(DIMENSIONS)
    with Pipeline.open(home) as pipeline, pytest.MonkeyPatch.context() as patch:
        fill(pipeline, folder)
        patch.setattr(console, "FILES", packed(folder / "package"))
        pipeline.connection.cursor().execute(f"GRANT USAGE ON WAREHOUSE customertrack TO ROLE {ROLE}")
        dimensions = tuple(map(Dimension, DIMENSIONS))
        console.make(pipeline.connection, Console("customertrack", ROLE, "owner", "customertrack", dimensions))
        session = pipeline.connection._session
        for name, content in streamlit.files(session, "dimension.console").items():
            file = folder / "app" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        kept = session.rows("SELECT definition FROM embedded.object WHERE kind = 'Grant'")
    script = Path(__file__).with_name("app_of_snowflake.py")
    command = [sys.executable, str(script), str(folder / "app"), str(home.folder), ROLE]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder / "app")
    assert ended.returncode == 0, ended.stderr
    grants = [grant for grant in (json.loads(each) for (each,) in kept) if grant["role"] == ROLE]
    granted = {(privilege, each["kind"], each["on"]) for each in grants for privilege in each["privileges"]}
    return {**json.loads(ended.stdout.splitlines()[-1]), "granted": granted}


def fill(pipeline: Pipeline, folder: Path) -> None:
    """Versions of two customers, a late row, and a reject."""
    told = [
        ("1", "Ann", "2026-01-02"),
        ("1", "Anna", "2026-01-04"),
        ("2", "Bo", "2026-01-03"),
        ("x", "", "2026-01-03"),
    ]
    for number, rows in enumerate([told, [("1", "An", "2026-01-01"), ("2", "Bob", "2026-01-05")]]):
        file = folder / f"{number}.csv"
        file.write_text(csv_text(COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows]))
        pipeline.ingest([file])


def packed(folder: Path) -> Path:
    for name, path in app_files(ROOT, DIMENSIONS).items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return folder


def test_it_begins_with_the_overview(looked: dict[str, Any]):
    told = looked["pages"]["the app"]
    assert told["title"] == ["Overview"]
    assert told["errors"] == []
    assert told["figures"] == looked["pages"]["overview of customer"]["figures"] != {}


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_gets_an_answer_to_all_that_it_asks(looked: dict[str, Any], page: str, dimension: str):
    assert looked["pages"][f"{page} of {dimension}"]["errors"] == []


def test_it_needs_nothing_of_the_project_that_is_not_in_it(looked: dict[str, Any]):
    assert looked["of the app alone"]


def test_its_role_has_each_privilege_that_a_page_needs_and_no_other(looked: dict[str, Any]):
    """Of one dimension all pages have something to ask, of the other few."""
    asked, granted = (of_customers(map(tuple, looked[which])) for which in ("asked", "granted"))
    assert granted == asked | OF_THE_DEPLOY
    assert set(map(tuple, looked["asked"])) <= looked["granted"]


def of_customers(privileges: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {(*others, on.replace("product", "customer")) for *others, on in privileges}


def test_its_role_writes_nothing(looked: dict[str, Any]):
    assert ["Insufficient privileges" in each for each in looked["refused"]] == [True] * 3
