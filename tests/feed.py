"""A home under test, fed by deliveries, with a note of every row that has landed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from customertrack.local.pipeline import Pipeline
from tests.replay import LandedRow
from tests.strategies import Delivery, File

BEGINNING = datetime(2026, 1, 5, 12)


class Clock:
    """A time that moves when told to."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now


class Feed:
    """`landed`: rows so far. Each delivery comes an hour after the one before."""

    def __init__(self, pipeline: Pipeline, source: Path, clock: Clock) -> None:
        self.pipeline = pipeline
        self.landed: list[LandedRow] = []
        self._source = source
        self._clock = clock
        self._without_rows: set[str] = set()

    def arrive(self, delivery: Delivery) -> None:
        """Have the files land and be refreshed. Asserts that the numbers told are those of the files."""
        self._clock.now += timedelta(hours=1)
        to = self.pipeline.home.landing if delivery.how == "dropped" else self._source
        paths = [self._write(file, to) for file in delivery.files]
        if delivery.how == "dropped":
            done = self.pipeline.load_landed()
        else:
            done = self.pipeline.ingest(paths, each=delivery.how == "each")
        assert done.problems == []
        assert done.rows_landed == sum(len(file.rows) for file in delivery.files)

    def arrive_again(self) -> None:
        """Have every file come once more under its own name. Asserts that all are skipped."""
        given = list(self._source.iterdir())
        if given:
            became = {file.path.name: file.status for file in self.pipeline.ingest(given).landed}
            assert became == {path.name: "EMPTY" if path.name in self._without_rows else "SKIPPED" for path in given}

    def _write(self, file: File, folder: Path) -> Path:
        path = folder / file.name
        path.write_bytes(file.text().encode())
        if not file.rows:
            self._without_rows.add(file.name)
        for source_row, row in enumerate(file.rows, 1):
            self.landed.append(
                LandedRow((file.name, source_row), {column: row[column] for column in file.columns}, self._clock.now)
            )
        return path


@contextmanager
def open_feed(home: Path) -> Iterator[Feed]:
    """Open a fresh home for a feed."""
    source = home / "source"
    source.mkdir()
    clock = Clock()
    with Pipeline.open(home, clock=clock) as pipeline:
        yield Feed(pipeline, source, clock)
