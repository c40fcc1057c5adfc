"""A definition of customers that has changed, deployed over what is there: the deploy ends, the task does the rest."""

import shutil
from pathlib import Path

import pytest

from customertrack.dimension import rendered
from customertrack.dimension.project import Project
from customertrack.local.home import sql_folder
from tests.lambdas.migrate.deploy import BUCKET, Deploy

_REFRESH = "SELECT derivation = derived_as FROM CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_REFRESH"
_HISTORY = "SELECT {} FROM CUSTOMERTRACK_DEV.DIMENSION.CUSTOMER_HISTORY ORDER BY valid_from"


@pytest.fixture
def project(sql: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with customer alone, whose SQL is what the function has."""
    made = Project(tmp_path / "project")
    shutil.copytree(sql, made.sql)
    made.file("customer").parent.mkdir()
    shutil.copyfile(sql_folder().parent / "dimensions/customer.toml", made.file("customer"))
    monkeypatch.setattr("lambdas.migrate.migrate.SQL", made.sql)
    return made


def land(deploy: Deploy, name: str, text: str) -> None:
    """A file that S3 has announced."""
    path = deploy.warehouse.buckets[BUCKET] / "landing/customer" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert deploy.warehouse.announce(name) == 1


def test_attributes_added_retired_and_renamed(redeploy: Deploy, project: Project):
    land(redeploy, "1.csv", "customer_id,last_name,city,updated_at\n1,Lee,Bonn,2026-01-01\n1,Lee,Rome,2026-01-02\n")
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
    land(redeploy, "2.csv", "customer_id,last_name,city,updated_at\n1,Ray,Rome,2026-01-03\n")
    file = project.file("customer")
    # What is made up names attributes that go.
    text = (
        file.read_text()
        .partition("[generate]")[0]
        .replace('last_name  = "text(256)"', 'surname = { type = "text(300)", was = "last_name" }')
    )
    text = text.replace('city       = "text(256)"', 'city = { type = "text(256)", retired = true }')
    file.write_text(text + 'phone = { type = "text(40)", since = 2, before = "first" }\n')
    rendered.write(project, "customer")

    assert int(redeploy("Update", Revision="2")["Applied"]) > 5
    assert redeploy.warehouse.rows(_REFRESH) == [(False,)]
    # Woken by what the deploy has left: it derives the tables again, and in its next run applies what has landed.
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
    assert redeploy.warehouse.rows(_REFRESH) == [(True,)]
    assert redeploy.warehouse.rows(_HISTORY.format("surname, DAY(valid_from)")) == [("Lee", 1)]
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
    assert redeploy.warehouse.run_task() == "SKIPPED"
    land(redeploy, "3.csv", "customer_id,surname,phone,updated_at\n1,Ray,555,2026-01-04\n")
    assert redeploy.warehouse.run_task() == "SUCCEEDED"
    assert redeploy.warehouse.rows(_HISTORY.format("surname, phone, DAY(valid_from)")) == [
        ("Lee", "555", 1),
        ("Ray", "555", 3),
    ]
    assert redeploy("Update", Revision="3")["Applied"] == "0"
