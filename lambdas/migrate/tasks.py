"""The tasks of the schema, whichever they are: which of them are suspended, and resuming and suspending them.

docs.snowflake.com: "SHOW TASKS", "ALTER TASK".
"""

from dataclasses import dataclass

from customertrack.reads.results import query
from customertrack.sqltext.identifiers import qualify
from customertrack.warehouse import Connection
from lambdas.dimension import SCHEMA, of_task

# One that failed too often was suspended by nobody: a deploy is what may have mended it.
_BY_ITSELF = "SUSPENDED_DUE_TO_ERRORS"


@dataclass(frozen=True)
class Task:
    """`started`: by its schedule it runs. `by_itself`: it is suspended because it failed too often in a row."""

    name: str
    started: bool
    by_itself: bool

    @property
    def dimension(self) -> str | None:
        """The name of the one that it is of; None if it is of none."""
        return of_task(self.name)


def tasks(connection: Connection, database: str) -> list[Task]:
    """All of the schema, by name."""
    shown = query(connection, f"SHOW TASKS IN SCHEMA {qualify(database, SCHEMA)}")
    told = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    return [
        Task(
            str(each["name"]),
            str(each["state"]).lower() == "started",
            each.get("last_suspended_reason") == _BY_ITSELF,
        )
        for each in told
    ]


def resume(connection: Connection, database: str, name: str) -> None:
    """Have the task run by its schedule."""
    connection.cursor().execute(f"ALTER TASK {qualify(database, SCHEMA, name)} RESUME")


def suspend(connection: Connection, database: str, name: str) -> None:
    """Have it run no more; a run that is under way goes on to its end."""
    connection.cursor().execute(f"ALTER TASK IF EXISTS {qualify(database, SCHEMA, name)} SUSPEND")
