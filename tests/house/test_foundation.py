"""What every other part stands on: what the wheel carries, and the rules that no linter checks."""

import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pathspec
import pytest

ROOT = Path(__file__).parents[2]
# The brackets keep the patterns from finding themselves.
MACHINE = re.compile(r"(py[p]i|npm[j]s|pythonhoste[d]|deb[.]debia[n])[.](org|com)|/wor[k]/|/roo[t]/|/tmp/bas[h]_")
# Folders of the checkout, and where the wheel has them.
CARRIED = {
    "customertrack": "customertrack",
    "dimensions": "customertrack/dimensions",
    "generator": "customertrack/carried/generator",
    "snowglobe": "snowglobe",
    "sql": "customertrack/sql",
}
MIGRATION_MODULES = [
    "errors",
    "migrations",
    "sqltext.identifiers",
    "sqltext.statements",
    "sqltext.variables",
    "warehouse",
]

FOREIGN_MODULES = """
import importlib, sys
before = set(sys.modules)
importlib.import_module(sys.argv[1])
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(loaded - sys.stdlib_module_names - {"customertrack"}))
"""


def project_files() -> list[Path]:
    ignored = pathspec.GitIgnoreSpec.from_lines([".git", *(ROOT / ".gitignore").read_text().splitlines()])
    found: list[Path] = []
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not ignored.match_file(f"{here / name}/")]
        found += [ROOT / here / name for name in files if not ignored.match_file(str(here / name))]
    return found


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in project_files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []


def test_no_module_is_longer_than_300_lines() -> None:
    modules = [path for path in project_files() if path.suffix == ".py"]
    assert Path(__file__) in modules
    assert [str(path.relative_to(ROOT)) for path in modules if len(path.read_text().splitlines()) > 300] == []


@pytest.mark.parametrize("module", MIGRATION_MODULES)
def test_what_a_migration_needs_loads_nothing_foreign(module: str) -> None:
    command = [sys.executable, "-c", FOREIGN_MODULES, f"customertrack.{module}"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for path in project_files():
        inside = path.relative_to(ROOT)
        if inside.parts[0] in {*CARRIED, "requirements", "pyproject.toml"}:
            copy = source / inside
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    options = ["--quiet", "--no-build-isolation", "--no-deps", "--no-index", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    (made,) = folder.glob("customertrack-*.whl")
    return made


def test_the_wheel_carries_every_module_every_sql_file_and_every_definition(wheel: Path) -> None:
    inside = [path.relative_to(ROOT) for path in project_files() if path.suffix in {".py", ".sql", ".typed"}]
    inside += [path.relative_to(ROOT) for path in (ROOT / "dimensions").iterdir()]
    expected = {"/".join([CARRIED[path.parts[0]], *path.parts[1:]]) for path in inside if path.parts[0] in CARRIED}
    names = ZipFile(wheel).namelist()
    assert any(name.startswith("customertrack/sql/customer/invariants/") for name in names)
    assert {name for name in names if ".dist-info/" not in name} == expected


def test_an_installed_wheel_finds_its_own_sql_files(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path)
    command = [sys.executable, "-c", "from customertrack.local.home import sql_folder; print(sql_folder())"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    found = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(tmp_path / "customertrack/sql")


def test_an_installed_wheel_finds_its_own_definitions(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path / "installed")
    command = [sys.executable, "-m", "customertrack", "dimension", "list", "--format", "csv"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "installed")}
    listed = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    names = [line.partition(",")[0] for line in listed.stdout.splitlines()[1:]]
    assert names == sorted(path.stem for path in (ROOT / "dimensions").iterdir())


def test_an_installed_wheel_has_its_generator_and_installs_none_of_that_name(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.suffix != ".dist-info"} == {"customertrack", "snowglobe"}
    command = [sys.executable, "-m", "customertrack", "run", "--batches", "1", "--customers", "10"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "both tables equal the generator's truth after 1 batch" in ran.stderr
    found = [sys.executable, "-c", "import customertrack.demo.run, generator; print(generator.__file__)"]
    where = subprocess.run(found, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert where.stdout.strip() == str(tmp_path / "customertrack/carried/generator/__init__.py")
