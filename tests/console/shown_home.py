"""A home that is good to look at, and the same each time: two months of customers, a file a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from customertrack.cli.checked import note
from customertrack.demo.feed import HomeFeed
from customertrack.demo.memory import remember
from customertrack.demo.verify import verify
from customertrack.dimension.project import Project, installed_folder
from customertrack.local import last_check
from customertrack.local.dimensions import CUSTOMER
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from generator import Faults, Settings
from tests.console.odd_home import Clock, OddHome

DAYS = 60
SETTINGS = Settings(seed=7, customers=2_000, growth=15, interval=86_400, start=datetime(2026, 3, 1, tzinfo=UTC))
FAULTS = Faults(late=0.04, malformed=0.01)


def build(folder: Path) -> OddHome:
    """Makes the home in a folder; its project is the one that is installed."""
    project = Project(installed_folder())
    home = Home(folder, project=project)
    feed = HomeFeed(project.file(CUSTOMER).read_text(encoding="utf-8"), SETTINGS, FAULTS)
    clock = Clock(SETTINGS.start.replace(tzinfo=None))
    with Pipeline.open(home, clock=clock) as pipeline, TemporaryDirectory() as given:
        remember(home, feed)
        for k in range(DAYS):
            clock.now = (SETTINGS.slot_start(k) + timedelta(days=1, minutes=20 + k * 7 % 11)).replace(tzinfo=None)
            files = [Path(given, file.name) for file in feed.feed.files(k)]
            for path, file in zip(files, feed.feed.files(k), strict=True):
                path.write_bytes(file.content())
            pipeline.ingest(files)
        note(pipeline, verify(pipeline))
    check = last_check.read(home, CUSTOMER)
    assert check
    last_check.write(home, CUSTOMER, replace(check, at=clock.now.replace(microsecond=0)))
    return OddHome(folder, project.folder)
