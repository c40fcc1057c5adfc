"""The whole pipeline once more where every open question has its other answer (snowglobe.OpenQuestion)."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from customertrack.local import home
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from snowglobe import OpenQuestion, connect


@pytest.fixture(scope="module", autouse=True)
def otherwise() -> Iterator[None]:
    """Homes are opened so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home, "connect", partial(connect, otherwise=list(OpenQuestion)))
        yield


@pytest.fixture(scope="module")
def new_home(otherwise: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """As in tests/conftest.py; the migrations ran with the other answers too."""
    migrated = tmp_path_factory.mktemp("migrated")
    with Pipeline.open(migrated):
        pass

    def make(folder: Path) -> Path:
        made = Home(folder)
        made.landing.mkdir(parents=True)
        shutil.copyfile(Home(migrated).warehouse, made.warehouse)
        return folder

    return make
