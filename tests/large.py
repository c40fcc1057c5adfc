"""The customers that ship, laid out for many of them."""

from pathlib import Path

from customertrack.dimension import rendered
from customertrack.dimension.project import Project, installed_folder
from tests.dimension.definitions import LARGE


def large_project(folder: Path) -> Project:
    """A project in a folder that is not there yet: its one dimension is `customer`, merged on read, with its SQL."""
    project = Project(folder)
    shipped = Project(installed_folder()).file("customer").read_text(encoding="utf-8")
    folder.mkdir(parents=True)
    project.write_new("customer", shipped + LARGE)
    rendered.write(project, "customer")
    return project
