"""Two dimensions that the stage gets later: stock, whose files are snapshots, and contacts, in JSON lines.

What they must hold is what the replay makes of all files.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from customertrack.local.dimensions import landing_prefix
from customertrack.warehouse import Connection
from snowglobe import FileLoad, TaskRun
from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.emulator import replayed
from tests.feeds.feed import Feed

# Rows that say a part, with a truncate, a change of a key, a reject, and lines that are no document.
_CONTACTS = Feed("json_lines")
DEFINITIONS = {"stock": STOCK, "contact": _CONTACTS.text}
HELD = snapshot("2026-01-04", "a,x,1")
# Two rounds: in the second a snapshot that is older than the last one, and one with fewer rows than there may be.
_SNAPSHOTS = [
    [snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1"), snapshot("2026-01-03", "a,x,2", "b,v,1", "d,w,bad")],
    [snapshot("2026-01-02", "a,x,2", "b,y,1", "c,q,1", "d,w,1"), HELD],
]
ROUNDS = [{"stock": files, "contact": [line]} for files, line in zip(_SNAPSHOTS, _CONTACTS.files(), strict=True)]


@dataclass(frozen=True)
class Round:
    """What was loaded, a run of each refresh, what is wrong with the tables then, and which snapshots are held."""

    loads: list[FileLoad]
    runs: list[TaskRun]
    wrong: dict[str, str]
    held: list[str]

    @property
    def right(self) -> bool:
        """Whether every run did its work, and the tables are as they must be."""
        return all(run.state == "SUCCEEDED" for run in self.runs) and not self.wrong


def define(project: Path) -> None:
    """Write the definitions into the folder of a project."""
    for name, text in DEFINITIONS.items():
        (project / "dimensions" / f"{name}.toml").write_text(text, encoding="utf-8")


def put(bucket: str, files: dict[str, list[LandedFile]]) -> int:
    """Land files, by dimension, as other systems do; returns how many."""
    for name, those in files.items():
        for file in those:
            boto3.client("s3").put_object(Bucket=bucket, Key=landing_prefix(name) + file.name, Body=file.content)
    return sum(map(len, files.values()))


def wrong(connection: Connection, project: Path, rounds: int, *, is_released: bool) -> dict[str, str]:
    """Where the tables of both differ from the replay, after so many rounds."""
    landed = {name: [file for files in ROUNDS[:rounds] for file in files[name]] for name in DEFINITIONS}
    stock = tomllib.loads(STOCK)
    # What somebody has released is held by nothing.
    guard = {"max_deleted": 1.0} if is_released else stock["feed"]["guard"]
    counts: dict[str, Any] = stock | {"feed": stock["feed"] | {"guard": guard}}
    return {
        **replayed.wrong(connection, project, stock, replay(counts, landed["stock"])),
        **replayed.wrong(connection, project, _CONTACTS.toml, _CONTACTS.expected(landed["contact"]).tables),
    }


def held(connection: Connection) -> list[str]:
    """The names of the snapshots of which nothing is applied."""
    cursor: Any = connection.cursor()
    cursor.execute("SELECT source_file FROM stock_snapshot WHERE status = 'held'")
    return [Path(file).name for (file,) in cursor.fetchall()]


def release(connection: Connection) -> str:
    """Somebody decides for the one that is held; returns what is said."""
    cursor: Any = connection.cursor()
    cursor.execute("CALL release_stock_snapshot(?, 'ann')", [HELD.name])
    return str(cursor.fetchone()[0])
