"""The console in Snowflake: which files the package has for it, what its stage tells the migrations, and no more."""

import ast
import subprocess
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from infra import lambda_package
from infra.console_app import FOLDER, app_files, app_hash
from infra.lambda_package import content_hash
from tests.infra.synthesis import ROOT, Synthesised

STAGE = ("customer",)
APP = app_files(ROOT, STAGE)
# Bytes: how much larger the functions' package may become, zipped.
MOST = 300_000


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], dict[str, int]]:
    """What is in the package without and with the console, each file with its size in it."""
    folder = tmp_path_factory.mktemp("packages")
    found = []
    for console in (False, True):
        # Not where other tests have theirs, of which there is one at a time.
        lambda_package._write(ROOT, lambda_package._contents(ROOT, STAGE, console), folder / "package.zip")
        found.append(sizes(folder / "package.zip"))
    return found[0], found[1]


def sizes(archive: Path) -> dict[str, int]:
    with ZipFile(archive) as content:
        return {entry.filename: entry.compress_size for entry in content.infolist()}


def test_it_has_what_snowflake_looks_for_at_its_root():
    assert {name for name in APP if "/" not in name} == {"streamlit_app.py", "environment.yml"}
    assert {name for name in APP if name.startswith(".")} == {".streamlit/config.toml"}


def test_it_has_the_definitions_and_the_sql_of_its_dimensions_alone():
    told = {name for name in APP if name.startswith(("dimensions/", "sql/"))}
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "sql/customer").rglob("*.sql")}
    assert told == {"dimensions/customer.toml", *here}


def test_what_its_modules_import_of_us_is_in_it():
    for name, path in APP.items():
        for node in ast.walk(ast.parse(path.read_bytes())) if path.suffix == ".py" else ():
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("customertrack", "snowglobe")):
                module = str(node.module).replace(".", "/")
                names = {f"{module}.py", f"{module}/__init__.py"}
                assert names & APP.keys(), f"{name} imports {node.module}"


def test_it_runs_on_the_python_of_the_environment():
    """ruff knows what the grammar of a later Python has more."""
    versions = {each.partition("=")[0]: each.partition("=")[2] for each in environment()["dependencies"]}
    target = "py" + versions["python"].replace(".", "")
    modules = [str(path) for path in APP.values() if path.suffix == ".py"]
    command = [ROOT / ".venv/bin/ruff", "check", "--quiet", "--isolated", "--select", "E9", "--target-version", target]
    checked = subprocess.run([*command, *modules], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def environment() -> dict[str, list[str]]:
    return yaml.safe_load(APP["environment.yml"].read_text())


def test_its_environment_is_of_snowflakes_channel_and_pinned():
    assert environment()["channels"] == ["snowflake"]
    assert all("=" in each for each in environment()["dependencies"])
    config = tomllib.loads(APP[".streamlit/config.toml"].read_text())
    assert config["snowflake"]["sleep"]["streamlitSleepTimeoutMinutes"] == 5


def test_the_package_has_it_in_a_folder_of_its_own_if_the_stage_has_a_console(
    packages: tuple[dict[str, int], dict[str, int]],
):
    without, with_console = packages
    assert {name for name in with_console if name not in without} == {f"{FOLDER}/{name}" for name in APP}
    assert without.keys() < with_console.keys()


def test_it_makes_the_package_hardly_larger(packages: tuple[dict[str, int], dict[str, int]]):
    without, with_console = packages
    assert sum(with_console.values()) - sum(without.values()) < MOST


def test_a_change_of_a_file_is_another_package_and_another_hash(tmp_path: Path):
    for path in APP.values():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())

    assert app_hash(tmp_path, STAGE) == app_hash(ROOT, STAGE)
    (tmp_path / "customertrack/console/palette.py").write_text("'''Another.'''\n")
    assert app_hash(tmp_path, STAGE) != app_hash(ROOT, STAGE)
    assert content_hash(ROOT, STAGE, console=True) != content_hash(ROOT, STAGE)


def test_the_migrations_are_told_of_it_if_the_stage_has_one(dev: Synthesised, prod: Synthesised):
    asked = prod.only("Custom::SqlMigrations")
    assert (asked["ConsoleRole"], asked["ConsoleHash"]) == ("CUSTOMERTRACK_PROD_CONSOLE", app_hash(ROOT, STAGE))
    assert not {"ConsoleRole", "ConsoleHash"} & dev.only("Custom::SqlMigrations").keys()
