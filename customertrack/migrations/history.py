"""The table of runs: one row per run of a file, written when it starts and completed when it ends.

Every write holds only while the writer has the lease, within the statement itself: a run that was suspended past the
end of its lease cannot overwrite what its successor records.
"""

from dataclasses import dataclass

from customertrack.migrations.files import Migration
from customertrack.migrations.planning import FAILED, STARTED, HistoryRow, Status
from customertrack.migrations.tables import Tables
from customertrack.warehouse import Connection, WarehouseError

ERROR_LENGTH = 1000

# Snowflake's "does not exist or not authorized", of a table, a schema or a database alike.
_DOES_NOT_EXIST = 2003


def read_history(connection: Connection, tables: Tables) -> list[HistoryRow]:
    """The runs so far, oldest first; none if the table does not exist yet. One query."""
    cursor = connection.cursor()
    try:
        cursor.execute(f"SELECT SCRIPT, CHECKSUM, STATUS FROM {tables.history} ORDER BY INSTALLED_ON")
    except Exception as error:
        if isinstance(error, WarehouseError) and error.errno == _DOES_NOT_EXIST:
            return []
        raise
    return [HistoryRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class History:
    """Writes the history for the run that holds the lease under the name `holder`; `installed_by` is told to people."""

    connection: Connection
    tables: Tables
    holder: str
    installed_by: str

    def close_interrupted(self) -> None:
        """Record as failed what an earlier run began and never ended."""
        self.end(FAILED, 0, 0, "the run was killed or lost its connection; how many statements succeeded is not known")

    def start(self, migration: Migration) -> bool:
        """Record that a file is begun; False if the lease is another's by now."""
        name = migration.name
        # NULLIF, because an untyped NULL is no documented bind. LIMIT, so that even a lease that two first runs at once
        # had given two rows would make one row here.
        return self._write(
            f"INSERT INTO {self.tables.history} (VERSION, DESCRIPTION, SCRIPT, SCRIPT_TYPE, CHECKSUM, EXECUTION_TIME,"
            " STATUS, INSTALLED_BY, INSTALLED_ON, STATEMENTS_APPLIED)"
            " SELECT NULLIF(?, ''), ?, ?, ?, ?, 0, ?, ?, SYSDATE(), 0"
            f" FROM {self.tables.lease} WHERE HOLDER = ? LIMIT 1",
            name.version or "",
            name.description.replace("_", " ").capitalize(),
            migration.script,
            name.kind,
            migration.checksum,
            STARTED,
            self.installed_by,
        )

    def end(self, status: Status, seconds: int, statements: int, error: str = "") -> bool:
        """Record how the begun file ended; False if the lease is another's by now.

        One file is begun at a time, and `close_interrupted` came first: the row that is Started is the one meant.
        """
        return self._write(
            f"UPDATE {self.tables.history} SET STATUS = ?, EXECUTION_TIME = ?, STATEMENTS_APPLIED = ?,"
            " ERROR = NULLIF(?, '')"
            f" WHERE STATUS = ? AND EXISTS (SELECT 1 FROM {self.tables.lease} WHERE HOLDER = ?)",
            status,
            seconds,
            statements,
            error[:ERROR_LENGTH],
            STARTED,
        )

    def _write(self, command: str, *binds: object) -> bool:
        cursor = self.connection.cursor()
        cursor.execute(command, (*binds, self.holder))
        return bool(cursor.rowcount)
