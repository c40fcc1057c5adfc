"""`dimension list` and `check`: what there is, and what is wrong with it."""

import json
from pathlib import Path

import pytest

from tests.cli.program import ROOT, Program
from tests.dimension.definitions import THING


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project/dimensions").mkdir(parents=True)
    (tmp_path / "project/dimensions/thing.toml").write_text(THING)
    return tmp_path / "project"


def test_what_ships(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    listed = json.loads(nowhere.done("dimension", "list", "--format", "json").out)
    assert [one["dimension"] for one in listed] == ["customer", "product"]
    assert listed[1] == {
        "dimension": "product", "feed": "changes, csv", "key": "sku, region", "attributes": 7, "faults": 0,
    }  # fmt: skip
    assert nowhere.done("dimension", "check").err == "2 definitions, no faults\n"
    assert not nowhere.home.exists()


def test_those_of_the_current_folder_go_first(nowhere: Program, project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(project)
    assert nowhere.done("dimension", "check", "thing").err == "1 definition, no faults\n"
    assert nowhere("dimension", "check", "customer").code == 1
    assert nowhere.done("dimension", "check", "customer", "--project", ROOT).code == 0


def test_all_faults_on_stdout(nowhere: Program, project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(project)
    Path("dimensions/thing.toml").write_text(THING.replace('"csv"', '"tsv"').replace("text(100)", "txt(100)"))
    ran = nowhere("dimension", "check")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines() == [
        'dimensions/thing.toml:5: feed.format cannot be "tsv"; did you mean "csv"?',
        'dimensions/thing.toml:14: attributes.name has no type: There is no type "txt"; did you mean "text"?',
    ]
    assert "thing      changes, csv" in nowhere.done("dimension", "list").out


def test_one_that_cannot_be_read_is_listed(nowhere: Program, project: Path):
    (project / "dimensions/broken.toml").write_text("[")
    listed = json.loads(nowhere.done("dimension", "--project", project, "list", "--format", "json").out)
    assert [(one["dimension"], one["key"], one["faults"]) for one in listed] == [
        ("broken", None, 1),
        ("thing", "thing_id, region", 0),
    ]


def test_what_steers_a_terminal_is_escaped(nowhere: Program, project: Path):
    (project / "dimensions/thing.toml").write_text(THING.replace('"csv"', r'"\u001b[31m"'))
    ran = nowhere("dimension", "--project", project, "check")
    assert (ran.code, "\x1b" in ran.out) == (1, False)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["check", "custmer"], 'did you mean "customer"?'),
        (["list", "--project", str(ROOT / "docs")], "--project"),
    ],
)
def test_what_is_not_there(nowhere: Program, words: list[str], says: str):
    ran = nowhere("dimension", *words)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert says in ran.err
