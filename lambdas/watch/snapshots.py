"""Snapshots that are not applied, of a dimension whose files are snapshots. Needs a warehouse."""

from collections import defaultdict
from datetime import datetime, timedelta

from customertrack.warehouse import Connection
from lambdas.watch.files import Landing, of_files
from lambdas.watch.metric import Metric

# `{name}`: that of the dimension.
WAITING = "SELECT source_file, status, reason, loaded_at FROM {name}_snapshot WHERE status IN ('held', 'loading')"
# So long after its last row a file may wait for the load history to call it whole.
_LATE = timedelta(hours=1)


def waiting(connection: Connection, landing: Landing, now: datetime) -> list[Metric]:
    """SnapshotsHeld, until somebody has released or discarded them; SnapshotsLoading, for more than an hour.

    The notes name each. `now`: aware, UTC.
    """
    findings: dict[str, dict[str, list[str]]] = {"held": defaultdict(list), "loading": defaultdict(list)}
    cursor = connection.cursor()
    cursor.execute(WAITING.format(name=landing.dimension))
    for file, status, reason, loaded_at in cursor.fetchall():
        if status == "held":
            findings[status][landing.relative(str(file))].append(str(reason))
        elif now.replace(tzinfo=None) - loaded_at > _LATE:
            findings[status][landing.relative(str(file))].append(
                f"no row has come since {loaded_at:%Y-%m-%dT%H:%M:%SZ}"
            )
    return [of_files("SnapshotsHeld", findings["held"]), of_files("SnapshotsLoading", findings["loading"])]
