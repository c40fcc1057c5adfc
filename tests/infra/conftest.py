"""The stacks of tests.infra.synthesis. CDK takes seconds for each, so all processes of a run share them."""

import fcntl
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.infra.synthesis import VARIANTS, Synthesised, read, synthesise


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Callable[[str], Synthesised]:
    """From the name of a variant to what came of it."""
    own = tmp_path_factory.getbasetemp()
    # A process of xdist has this, and its own folder within that of the run.
    shared = own.parent if hasattr(pytestconfig, "workerinput") else own

    @cache
    def variant(name: str) -> Synthesised:
        folder = shared / f"synthesised-{name}"
        with Path(f"{folder}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "validation-report.json").exists():
                synthesise(VARIANTS[name], folder)
        return read(folder)

    return variant


@pytest.fixture(scope="session")
def dev(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    """A stage as the settings are by themselves."""
    return synthesised("dev")


@pytest.fixture(scope="session")
def prod(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    """Another stage, whose data goes with it."""
    return synthesised("prod")


@pytest.fixture(scope="session")
def given(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    """A stage in a bucket and a network that are there, signed in by key pair, on Spot."""
    return synthesised("given")


@pytest.fixture(scope="session")
def pinned(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    """A stage that says in which account it is, stands behind one address, and has a key and tags of its own."""
    return synthesised("pinned")
