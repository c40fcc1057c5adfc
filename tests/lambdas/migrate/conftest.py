"""What the tests of the migrations share: an empty account, one after a first deploy, and deploys to either."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdas.migrate import handler
from lambdas.migrate.migrate import migrate
from tests.lambdas.migrate.deploy import BUCKET, LATER_BUCKET, Clock, Deploy, deploying
from tests.lambdas.migrate.warehouse import Warehouse
from tests.lambdas.properties import MIGRATIONS, event
from tests.packaged_sql import packaged_sql


@pytest.fixture(scope="session")
def sql(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """sql/ as it is in the package."""
    return packaged_sql(tmp_path_factory.mktemp("sql"))


@pytest.fixture(autouse=True)
def in_the_package(sql: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function finds what its package has, not all that a checkout has."""
    monkeypatch.setattr("lambdas.migrate.migrate.SQL", sql)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Warehouse]:
    """An account without anything of ours."""
    warehouse = Warehouse(tmp_path, [BUCKET, LATER_BUCKET])
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def once_deployed(tmp_path_factory: pytest.TempPathFactory, sql: Path) -> Path:
    """The file of a warehouse after a first deploy."""
    folder = tmp_path_factory.mktemp("deployed")
    warehouse = Warehouse(folder, [BUCKET])
    session = warehouse.sign_in(None)
    request = handler.Request.of(event("Create", MIGRATIONS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lambdas.migrate.migrate.SQL", sql)
        migrate(session, handler._deployment(request, "CUSTOMERTRACK_DEV"), lambda: 840, lambda told: None)
    session.close()
    warehouse.close()
    return folder / "w.duckdb"


@pytest.fixture
def deployed(once_deployed: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """An account after a first deploy."""
    shutil.copyfile(once_deployed, tmp_path / "w.duckdb")
    warehouse = Warehouse(tmp_path, [BUCKET, LATER_BUCKET])
    yield warehouse
    warehouse.close()


@pytest.fixture
def deploy(empty: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """The handler on an empty account."""
    return deploying(empty, clock, monkeypatch)


@pytest.fixture
def redeploy(deployed: Warehouse, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """The handler on an account after a first deploy."""
    return deploying(deployed, clock, monkeypatch)
