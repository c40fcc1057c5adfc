"""A rendered dimension in a warehouse of its own: files land, and its tables are as the product has made them."""

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from customertrack import migrations
from customertrack.dimension.checks import check
from customertrack.dimension.definition import Definition
from customertrack.dimension.reading import read
from customertrack.dimension.render import render
from customertrack.local.home import DATABASE, VARIABLES, sql_folder
from snowglobe import Connection, FolderBucket, connect
from tests import shared
from tests.dimension.landed import LandedFile

_FIRST = "V1.0.0__database_and_schema.sql"
_PREFIX = "landing/"
_BUCKET = "customertrack-home"
_INVARIANTS = "invariants/"
_WORK_TABLES = ("key", "timeline", "lasting", "taken_up", "file", "loaded", "landed", "difference")
_JUNE = datetime(2026, 6, 1)


class Dimension:
    """An open warehouse that holds one dimension."""

    def __init__(self, definition: Definition, folder: Path, began: datetime, *, is_made: bool = False) -> None:
        """`began`: before anything lands. `is_made`: whether the folder has a warehouse with the dimension in it."""
        self.definition = definition
        self.name = definition.name
        self.folder = folder
        self._landing = folder / _PREFIX / self.name
        self._landing.mkdir(parents=True, exist_ok=True)
        self._now = began
        self.connection = self.connect()
        if not is_made:
            self.change(definition)

    def connect(self) -> Connection:
        """A session with the warehouse."""
        return connect(
            self.folder / "warehouse.duckdb",
            database_name=DATABASE,
            schema="dimension",
            buckets={_BUCKET: FolderBucket(self.folder)},
            work_tables=[f"dimension.{self.name}_work_{each}" for each in _WORK_TABLES],
            clock=lambda: self._now,
        )

    def change(self, definition: Definition, tell: Callable[[migrations.Notice], None] = lambda notice: None) -> None:
        """Go on with another definition of the dimension. `tell` hears of each statement that is done."""
        self.definition = definition
        sql = self.folder / "sql"
        shutil.rmtree(sql, ignore_errors=True)
        sql.mkdir()
        (sql / _FIRST).write_text((sql_folder() / _FIRST).read_text())
        for name, text in render(definition).items():
            if "/" not in name:
                (sql / name).write_text(text)
        migrations.apply(self.connection, sql, VARIABLES, database=DATABASE, installed_by=DATABASE, tell=tell)
        self.connection.cursor().execute(f"USE SCHEMA {DATABASE}.dimension")

    def drop(self, file: LandedFile) -> None:
        """Land a file, and no refresh yet. What is done next is done later."""
        (self._landing / file.name).write_bytes(file.content)
        self._now = file.loaded_at
        list(self.connection.announce(f"{self.name}_s3_pipe", [f"{_PREFIX}{self.name}/{file.name}"]))
        self._now += timedelta(seconds=1)

    def land(self, files: Iterable[LandedFile], *, each: bool = True) -> None:
        """Land files, one after the other with a refresh after each, or all before one."""
        for file in files:
            self.drop(file)
            if each:
                self.refresh()
        if not each:
            self.refresh()

    def refresh(self) -> None:
        """What the task does."""
        run = self.connection.run_task(f"{self.name}_refresh_task")
        if run.error:
            raise run.error

    def compact(self) -> str:
        """What the other task does, if the layout has it; returns what it says."""
        if self.definition.storage != "merge_on_read":
            return ""
        run = self.connection.run_task(f"{self.name}_compact_task")
        if run.error:
            raise run.error
        return str(run.return_value)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, by the names of their columns."""
        cursor = self.connection.cursor().execute(sql)
        names = [str(column[0]).lower() for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def history(self) -> list[dict[str, Any]]:
        """All versions."""
        return self.rows(f"SELECT * FROM {self.name}_history") if self.definition.history else []

    def current(self) -> list[dict[str, Any]]:
        """The current rows."""
        return self.rows(f"SELECT * FROM {self.name}")

    def rejects(self) -> dict[tuple[str, int], frozenset[str]]:
        """Reasons by file and row."""
        found = self.rows(f"SELECT source_file, source_row, reject_reasons FROM {self.name}_reject")
        return {
            (Path(row["source_file"]).name, int(row["source_row"])): frozenset(row["reject_reasons"].split(", "))
            for row in found
        }

    def offences(self) -> dict[str, list[dict[str, Any]]]:
        """The rows that offend against an invariant, by its file."""
        texts = {path: text for path, text in render(self.definition).items() if path.startswith(_INVARIANTS)}
        found = {path: self.rows(text.rstrip().removesuffix(";")) for path, text in texts.items()}
        return {path: rows for path, rows in found.items() if rows}


def parsed(text: str) -> tuple[Definition, Sequence[str]]:
    """A definition of TOML, and what is wrong with it."""
    definition, faults = read(text.encode(), Path(f"{tomllib.loads(text)['dimension']}.toml"))
    assert definition is not None
    return definition, [str(fault) for fault in check(definition, faults)]


@contextmanager
def dimension(text: str, began: datetime = _JUNE, *, is_drawn: bool = False) -> Iterator[Dimension]:
    """The dimension that a TOML text defines. `is_drawn`: none of the same text is wanted again, so it is not kept."""
    definition, faults = parsed(text)
    assert faults == []
    with tempfile.TemporaryDirectory() as folder:
        if not is_drawn:
            shutil.copytree(_made(text, began), folder, dirs_exist_ok=True)
        made = Dimension(definition, Path(folder), began, is_made=not is_drawn)
        try:
            yield made
        finally:
            made.connection.close()


def _made(text: str, began: datetime) -> Path:
    """A folder with the warehouse of a dimension, closed."""
    return shared.once(
        f"{began.isoformat()} {text}",
        lambda folder: Dimension(parsed(text)[0], folder, began).connection.close(),
    )
