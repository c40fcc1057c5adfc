"""A home with every oddity: its files landed and were loaded as any other's.

``python -m tests.console.odd_home DIR`` makes one in a folder that is not there yet, and says how to look at it.
"""

import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from customertrack.dimension import rendered
from customertrack.dimension.project import Project, installed_folder
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from snowglobe import utc_now
from tests.console.odd_files import files
from tests.dimension.snapshot_files import STOCK as FEW

# Definitions beside those that ship: nightly extracts, one of which nothing has landed, and one without versions.
STOCK = FEW.replace('"text(40)"', '"text(600)"').replace('"text(3)"', '"text(40)"')
SUPPLIER = """
dimension = "supplier"

[feed]
kind   = "changes"
format = "csv"
time   = "changed_at"

[key]
supplier_no = "integer"

[attributes]
name = "text(100)"

[storage]
layout = "merge_on_read"
"""
RATE = """
dimension = "rate"

[feed]
kind   = "changes"
format = "csv"
time   = "at"

[key]
currency = "text(3)"

[attributes]
rate = "number(12,4)"

[history]
keep = false
"""
DEFINED = {"stock": STOCK, "supplier": SUPPLIER, "rate": RATE}


class OddHome(NamedTuple):
    """The folders of a home and of its project."""

    home: Path
    project: Path


class Clock:
    """The warehouse's clock: it stands where it is put, and goes on a little whenever somebody looks."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=2)
        return self.now


def build(folder: Path, end: datetime | None = None) -> OddHome:
    """Makes the home and its project in a folder. The last file landed at `end`, by default half an hour ago (UTC)."""
    end = end or utc_now().replace(second=0, microsecond=0) - timedelta(minutes=30)
    made = OddHome(folder / "home", folder / "project")
    project = _project(made.project)
    home = Home(made.home, project=project)
    home.take_up(project.names())
    clock = Clock(end - timedelta(days=10))
    with Pipeline.open(home, clock=clock) as pipeline, TemporaryDirectory() as given:
        for file in files(end):
            clock.now = end - timedelta(days=file.days)
            path = Path(given, file.name)
            path.write_text(file.content, encoding="utf-8", newline="")
            done = pipeline.of(file.dimension).ingest([path])
            if bool(done.problems) != file.problem:
                raise RuntimeError(f"{file.name} came to something else: {done.problems}")
    return made


def _project(folder: Path) -> Project:
    shipped = Project(installed_folder())
    project = Project(folder)
    for name in ("customer", "product"):
        shutil.copytree(shipped.sql / name, project.sql / name)
        project.file(name).parent.mkdir(exist_ok=True)
        shutil.copyfile(shipped.file(name), project.file(name))
    for path in shipped.sql.glob("*.sql"):
        shutil.copyfile(path, project.sql / path.name)
    for name, text in DEFINED.items():
        project.write_new(name, text.lstrip())
        rendered.write(project, name)
    return project


if __name__ == "__main__":
    made = build(Path(sys.argv[1]))
    print(f"customertrack --home {made.home} --project {made.project} console")
