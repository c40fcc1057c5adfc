"""Each kind of feed made up: `run` ends with the same proof as for customers, whatever happens to its keys."""

from pathlib import Path

import pytest

from tests.cli.test_dimensions import ProjectProgram
from tests.generator.kinds import KINDS

FEED = ("--batches", 4, "--customers", 150, "--delete-rate", 0.1, "--reinsert-rate", 0.3)
MORE = ("--move-rate", 0.1, "--truncate-rate", 0.3)
FAULTS = ("--late", 0.2, "--duplicates", 0.1, "--malformed", 0.3, "--duplicate-files", 0.5, "--shuffle")


# All of them are landed in tests/generator/test_kinds.py, without a command.
_USUAL = ("debezium", "snapshots")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    every = metafunc.config.getoption("--hypothesis-profile") == "thorough"
    metafunc.parametrize("kind", KINDS if every else _USUAL)


def test_it_ends_with_the_proof(tmp_path: Path, kind: str):
    text = KINDS[kind]
    name = "catalog" if "catalog" in text else "account"
    project = ProjectProgram(tmp_path)
    project.define(name, text)
    project.done("dimension", "render")
    told = " ".join(project.done("run", "--dimension", name, *FEED, *MORE, *FAULTS).err.split())
    assert "both tables equal the generator's truth after 4 batches" in told
    again = " ".join(project.done("run", "--dimension", name, "--batches", 1).err.split())
    assert "both tables equal the generator's truth after 5 batches" in again
