"""Migrations: a folder of SQL files, run once each (V) or whenever they change (R), in order and one run at a time.

`discover` reads the folder, `plan` compares it with the history, `apply` does both and runs what is pending.
"""

from customertrack.migrations.files import Folder, Migration, discover, read_folder
from customertrack.migrations.history import read_history
from customertrack.migrations.lease import Patience
from customertrack.migrations.names import Name
from customertrack.migrations.planning import HistoryRow, Pending, Plan, describe, plan
from customertrack.migrations.report import Applied, MigrationFailed, Notice, Report, Stopped
from customertrack.migrations.runner import apply
from customertrack.migrations.tables import Tables

__all__ = [
    "Applied",
    "Folder",
    "HistoryRow",
    "Migration",
    "MigrationFailed",
    "Name",
    "Notice",
    "Patience",
    "Pending",
    "Plan",
    "Report",
    "Stopped",
    "Tables",
    "apply",
    "describe",
    "discover",
    "plan",
    "read_folder",
    "read_history",
]
