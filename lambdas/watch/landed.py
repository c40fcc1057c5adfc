"""Landed files that are not what was loaded of them, until somebody has decided. Needs a warehouse.

Snowpipe loads a name once and remembers it for 14 days: a file that is overwritten, or was empty when it was announced,
is ignored under its name from then on. Nothing is noted down of a decision, because the landing is what shows it:
whoever wants the new content loads it under another name, and whoever does not takes it away.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from customertrack.warehouse import Connection
from lambdas.watch.files import Landing, is_loaded, is_under_way, of_files
from lambdas.watch.metric import Metric

# `{name}`: that of the dimension.
LISTED = "LIST @{name}_ext_stage"
# What the function remembers, less a day, so that a constant computed now is not too old when it is looked at. The last
# load of a name counts: somebody may have loaded a changed file by hand.
LAST_LOADS = (
    "SELECT file_name, status, file_size, CONVERT_TIMEZONE('UTC', last_load_time)::TIMESTAMP_NTZ(6) AS loaded_at "
    "FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
    "TABLE_NAME => '{name}_raw', START_TIME => DATEADD('day', -13, CURRENT_TIMESTAMP()))) "
    "QUALIFY ROW_NUMBER() OVER (PARTITION BY file_name ORDER BY last_load_time DESC) = 1"
)
REMEMBERED = timedelta(days=13)
# So long a file may take to be announced and loaded.
_LATE = timedelta(hours=1)


class _Load(NamedTuple):
    status: str
    size: int
    at: datetime


def undecided(connection: Connection, landing: Landing, now: datetime) -> list[Metric]:
    """FilesUndecided: landed files that were overwritten after they were loaded, left out, empty, never loaded, or of
    another kind than the pipe takes. `now`: aware, UTC. The note names each.

    Files that were last modified before COPY_HISTORY begins are not looked at.
    """
    loads = _last_loads(connection, landing)
    findings: dict[str, list[str]] = defaultdict(list)
    for file, size, modified in _listed(connection, landing):
        if now - modified < REMEMBERED and (what := _difference(file, size, modified, loads.get(file), now, landing)):
            findings[file].append(what)
    return [of_files("FilesUndecided", findings)]


def _difference(file: str, size: int, modified: datetime, load: _Load | None, now: datetime, landing: Landing) -> str:
    """What is to be decided, or nothing."""
    if file.endswith("/"):
        # What the console of S3 makes for a folder.
        return ""
    if not landing.pattern.fullmatch(file):
        return "has a name that the pipe does not take, so it is not loaded"
    if size == 0:
        return "is empty, and what is written under its name later is not loaded"
    if load is None:
        return "was never loaded" if now - modified > _LATE else ""
    if is_under_way(load.status):
        return ""
    if modified > load.at:
        return f"was overwritten at {modified:%Y-%m-%dT%H:%M:%SZ}, after it was loaded"
    if size != load.size:
        return f"has {size} bytes, and had {load.size} when it was loaded"
    return "" if is_loaded(load.status) else "was left out and is still there"


def _last_loads(connection: Connection, landing: Landing) -> dict[str, _Load]:
    cursor = connection.cursor()
    cursor.execute(LAST_LOADS.format(name=landing.dimension))
    return {
        landing.relative(str(name)): _Load(str(status), int(size or 0), at.replace(tzinfo=UTC))
        for name, status, size, at in cursor.fetchall()
    }


def _listed(connection: Connection, landing: Landing) -> Iterator[tuple[str, int, datetime]]:
    """Name, bytes and time of last modification of each landed file; one at a time, since there may be a million."""
    cursor: Any = connection.cursor()
    cursor.execute(LISTED.format(name=landing.dimension))
    names = [str(column[0]).lower() for column in cursor.description or ()]
    name, size, modified = (names.index(each) for each in ("name", "size", "last_modified"))
    while (row := cursor.fetchone()) is not None:
        yield landing.relative(str(row[name])), int(row[size]), parsedate_to_datetime(row[modified]).astimezone(UTC)
