"""What tests of the whole pipeline share: a fresh home that costs a copy instead of a migration; how much is random."""

import gc
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from customertrack.cli.main import main
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from snowglobe.threads import Threads
from tests import shared
from tests.command import Command, Ended, Word
from tests.slow import is_slow

# No deadline: an example is many statements, and a shared machine is slow at times.
# No database: what failed once is written down as a test.
_COMMON = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.differing_executors],
)
# The same examples in every run, so that a failure is about the change at hand; `thorough` looks elsewhere each time.
settings.register_profile("usual", _COMMON, derandomize=True, max_examples=25)
settings.register_profile("thorough", _COMMON, derandomize=False, max_examples=2500, print_blob=True)
settings.load_profile("usual")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills",
        type=int,
        default=12,
        help="how often the kill test kills the pipeline (12); the property tests have --hypothesis-profile=thorough",
    )
    parser.addoption("--fast", action="store_true", help="leave out what tests/slow.py names")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # Whatever else has a say is asked if this has none.
    return (config.getoption("--fast") and is_slow(collection_path.relative_to(config.rootpath).as_posix())) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--fast"):
        config.hook.pytest_deselected(items=[item for item in items if is_slow(item.nodeid)])
        items[:] = [item for item in items if not is_slow(item.nodeid)]


# Files whose tests share what takes seconds to make, or a stack that takes a minute to deploy.
_TOGETHER = (
    "tests/cli/test_broken_dimension.py",
    "tests/cli/test_made_up.py",
    "tests/cli/test_read_only.py",
    "tests/console/test_activity.py",
    "tests/dimension/test_asking.py",
    "tests/emulator/test_iam.py",
    "tests/emulator/test_story.py",
    "tests/infra/test_twenty.py",
    "tests/lambdas/migrate/test_dimensions.py",
    "tests/otherwise/test_lease.py",
    "tests/otherwise/test_pipeline.py",
    "tests/reads/test_growth_and_turnover.py",
    "tests/reads/test_rejects.py",
    "tests/snowglobe/test_package.py",
)


class _FilesTogether(LoadScopeScheduling):
    """Hands out test by test, but those of some files to one process. (xdist's own groups fail with pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in _TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _FilesTogether:
    return _FilesTogether(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["shared"] = str(shared.folder())


def pytest_configure(config: pytest.Config) -> None:
    if told := getattr(config, "workerinput", {}).get("shared"):
        shared.use(Path(told))


def pytest_unconfigure() -> None:
    # Hypothesis leaves a callback with the garbage collector. It keeps modules alive for so long that DuckDB's, at the
    # end of the interpreter, complains of leaks on stderr.
    gc.callbacks.clear()


@pytest.fixture(scope="session")
def migrated() -> Path:
    """The warehouse file of a home in which nothing has landed yet."""
    return Home(shared.once("migrated", lambda folder: Pipeline.open(folder).close())).warehouse


@pytest.fixture(scope="session")
def new_home(migrated: Path) -> Callable[[Path], Path]:
    """Makes a folder into a home like a fresh one."""

    def make(folder: Path) -> Path:
        home = Home(folder)
        home.landing.mkdir(parents=True)
        shutil.copyfile(migrated, home.warehouse)
        return folder

    return make


@pytest.fixture
def home(new_home: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A fresh home."""
    return new_home(tmp_path / "home")


@pytest.fixture
def pipeline(home: Path) -> Iterator[Pipeline]:
    """A fresh home, open."""
    with Pipeline.open(home) as opened:
        yield opened


@pytest.fixture
def as_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every statement work as on very many rows, with three threads: windows by partitions, sorts in parts."""
    monkeypatch.setattr(Threads, "has_bulk", True)
    monkeypatch.setattr(Threads, "most", 3)


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line on `home`."""

    def run(*words: Word) -> Ended:
        code = main(["--home", str(home), *map(str, words)])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return run
