"""Homes for the tests of the command line."""

import shutil
from pathlib import Path

import pytest

from tests.cli.landed import ROWS, drop
from tests.cli.program import Program

FEED = ("--batches", 6, "--customers", 400, "--late", 0.2, "--duplicates", 0.1, "--malformed", 0.1)


@pytest.fixture
def program(home: Path) -> Program:
    """On a home in which nothing has landed yet."""
    return Program(home)


@pytest.fixture
def nowhere(tmp_path: Path) -> Program:
    """On a home that does not exist."""
    return Program(tmp_path / "nowhere")


@pytest.fixture(scope="session")
def feed_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home in which `run` has made six batches with faults, and what it said."""
    folder = tmp_path_factory.mktemp("feed") / "home"
    ran = Program(folder).done("run", *FEED)
    assert ran.out == ""
    return folder, ran.err


@pytest.fixture
def after_a_run(feed_home: tuple[Path, str], tmp_path: Path) -> Program:
    """On a home of one's own in which six batches have been made."""
    shutil.copytree(feed_home[0], tmp_path / "feed")
    return Program(tmp_path / "feed")


@pytest.fixture
def landing(program: Program) -> Path:
    """Its landing folder."""
    return program.home / "landing" / "customer"


@pytest.fixture
def landed(program: Program, landing: Path) -> Path:
    """A file that others have dropped and that was loaded."""
    drop(landing / "x.csv", ROWS)
    program.done("ingest", landing)
    return landing / "x.csv"
