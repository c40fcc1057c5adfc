"""A fresh home for each example of a property test, gone when the example ends."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.feed import Feed
from tests.feed import open_feed as open_in


@pytest.fixture(scope="module")
def open_feed(
    new_home: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], AbstractContextManager[Feed]]:
    base = tmp_path_factory.mktemp("examples")

    @contextmanager
    def opened() -> Iterator[Feed]:
        home = new_home(base / uuid4().hex)
        try:
            with open_in(home) as feed:
                yield feed
        finally:
            shutil.rmtree(home)

    return opened
