"""What is wrong with the definitions of a stage is told whole, before anything is made of them."""

import shutil
from pathlib import Path

import pytest

from infra.definitions import check_definitions
from infra.errors import SettingsError
from tests.infra.synthesis import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the definitions that ship, and their SQL."""
    for name in ("dimensions", "sql"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def message(project: Path, *names: str) -> str:
    with pytest.raises(SettingsError) as caught:
        check_definitions(project, names)
    return str(caught.value)


def test_all_faults_of_all_that_are_named_are_told(project: Path):
    for name in ("customer", "product"):
        path = project / f"dimensions/{name}.toml"
        path.write_text(path.read_text().replace('format   = "csv"', 'format = "cvs"').replace("[key]", "[keys]"))
    said = message(project, "customer", "product")
    assert said.startswith("dimensions is 'customer,product', and they have faults; correct the definitions:\n")
    for name in ("customer", "product"):
        assert f"{name}.toml:" in said
    assert "csv" in said
    assert said.count("[keys]") + said.count('"keys"') >= 2
    assert "Traceback" not in said


def test_sql_that_is_not_as_its_definition_makes_it_is_told(project: Path):
    path = project / "sql/product/R__40_history.sql"
    path.write_text(path.read_text() + "-- by hand\n")
    (project / "sql/product/R__50_refresh.sql").unlink()
    said = message(project, "customer", "product")
    assert "customertrack dimension render" in said
    for name in ("R__40_history.sql", "R__50_refresh.sql"):
        assert f"sql/product/{name} is not as its definition makes it" in said
    assert "sql/customer/" not in said


def test_a_definition_that_is_not_deployed_may_be_unfinished(project: Path):
    (project / "dimensions/product.toml").write_text("dimension = 5")
    check_definitions(project, ["customer"])
