"""The package stands alone: built and installed by itself, it runs its own example and loads nothing of the rest."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.snowglobe.support import ROOT
from tests.snowglobe.test_readme import block

PACKAGE = ROOT / "snowglobe"
# But for what a build in place would leave there.
MODULES = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py")} - {
    path.relative_to(PACKAGE) for path in (PACKAGE / "build").rglob("*.py")
}
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text())
WHERE = """
import sys
rest = {name.partition(".")[0] for name in sys.modules} & {"customertrack", "generator", "lambdas", "infra", "tests"}
print(sys.modules["snowglobe"].__file__, sorted(rest))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package alone in it."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(PACKAGE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    options = ["--quiet", "--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check"]
    target = folder / "target"
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(folder / "source")]
    subprocess.run(command, check=True, capture_output=True)
    return target


def test_it_runs_its_example_and_loads_nothing_of_the_rest(installed: Path, tmp_path: Path):
    (tmp_path / "pipeline.sql").write_text(block("sql"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-c", block("python") + WHERE]
    environment["PYTHONPATH"] = str(installed)
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout == block("text") + f"{installed / 'snowglobe' / '__init__.py'} []\n"


def test_every_module_is_carried(installed: Path):
    found = {path.relative_to(installed / "snowglobe") for path in (installed / "snowglobe").rglob("*.py")}
    assert found == MODULES
    assert (installed / "snowglobe" / "py.typed").exists()


def test_both_projects_list_every_room():
    rooms = sorted({".".join(["snowglobe", *module.parent.parts]) for module in MODULES})
    root = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert PROJECT["tool"]["setuptools"]["packages"] == rooms
    assert [name for name in root["packages"] if name.partition(".")[0] == "snowglobe"] == rooms
    assert root["package-data"]["snowglobe"] == PROJECT["tool"]["setuptools"]["package-data"]["snowglobe"]


def test_it_needs_what_the_whole_needs_at_the_same_versions():
    lines = (ROOT / "requirements" / "local.in").read_text().splitlines()
    assert set(PROJECT["project"]["dependencies"]) <= set(lines)
