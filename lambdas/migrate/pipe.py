"""The pipe of a dimension, from outside: of which bucket and topic it is, whether it runs, and making it anew.

docs.snowflake.com: "ALTER PIPE", "DROP PIPE", "ALTER STAGE", "SYSTEM$PIPE_STATUS", "Manage Snowpipe"; "PIPES view" and
"STAGES view" of INFORMATION_SCHEMA.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from customertrack.sqltext.identifiers import qualify, quote
from customertrack.sqltext.literals import literal
from customertrack.warehouse import Connection, WarehouseError
from lambdas.dimension import SCHEMA, Dimension, of_pipe

# The file of a dimension that makes the pipe and writes into its comment of which bucket and topic it is.
SCRIPT = "R__25_pipe.sql"
_COMMENT = re.compile(r"From (\S+) to (\S+)_raw, announced on (\S+)")
# States that no ALTER ends. A stalled one, or one whose table is missing, goes on once its cause is gone.
_FOR_GOOD = {
    "STOPPED_CLONED",
    "STOPPED_FILE_FORMAT_DROPPED",
    "STOPPED_NOTIFICATION_INTEGRATION_DROPPED",
    "STOPPED_STAGE_ALTERED",
    "STOPPED_STAGE_DROPPED",
}


@dataclass(frozen=True)
class Place:
    """Where files land, as an s3:// URL, and the ARN of the topic that announces them."""

    url: str
    topic_arn: str


@dataclass(frozen=True)
class Pipe:
    """That of a dimension, and the stage that it reads. The driver's errors pass through."""

    connection: Connection
    database: str
    dimension: Dimension

    def place(self) -> Place | None:
        """Of which place it is by its comment; None if there is no pipe, or none that a deploy has made."""
        comment = self._information("PIPE", self.dimension.pipe, "COMMENT")
        found = _COMMENT.fullmatch(comment or "")
        return Place(found[1], found[3]) if found and found[2] == self.dimension.name else None

    def exists(self) -> bool:
        """Whether there is one, whoever has made it."""
        return self._information("PIPE", self.dimension.pipe, "PIPE_NAME") is not None

    def stage_url(self) -> str | None:
        """The URL of the stage, or None if there is none."""
        return self._information("STAGE", self.dimension.stage, "STAGE_URL")

    def move_stage(self, url: str, storage_integration: str) -> None:
        """Have the stage read another place; that stops the pipe that reads it, until it is made anew."""
        self.connection.cursor().execute(
            f"ALTER STAGE {qualify(self.database, SCHEMA, self.dimension.stage)} SET URL = {literal(url)}"
            f" STORAGE_INTEGRATION = {quote(storage_integration)}"
        )

    def is_stopped_for_good(self) -> bool:
        """Whether only a new pipe loads again."""
        return self.state() in _FOR_GOOD

    def make_anew(self, make: Sequence[str]) -> None:
        """Drop it and make it by the statements `make`.

        Several runs at once do no harm: each makes what it dropped. A file that the dropped pipe had loaded may be
        loaded again, which the refresh takes for the duplicates that they are.
        """
        self.connection.cursor().execute(f"DROP PIPE IF EXISTS {self._name}")
        for statement in make:
            self.connection.cursor().execute(statement)

    def resume(self) -> bool:
        """Let it load if it is paused; False if it still is.

        After 14 days, or with another owner, this does not resume it ("Manage Snowpipe"); whether it is an error then,
        the page does not say.
        """
        if self.state() != "PAUSED":
            return True
        try:
            self.connection.cursor().execute(f"ALTER PIPE {self._name} SET PIPE_EXECUTION_PAUSED = FALSE")
        except Exception as error:
            if not isinstance(error, WarehouseError):
                raise
            return False
        return self.state() != "PAUSED"

    def pause(self) -> None:
        """Have it load no more; what it is told of waits, for 14 days."""
        self.connection.cursor().execute(f"ALTER PIPE IF EXISTS {self._name} SET PIPE_EXECUTION_PAUSED = TRUE")

    def state(self) -> str:
        """The execution state by SYSTEM$PIPE_STATUS: RUNNING if all is well."""
        return str(self._status().get("executionState", "unknown"))

    def pending(self) -> int:
        """How many files wait to be loaded, by SYSTEM$PIPE_STATUS."""
        return int(self._status().get("pendingFileCount", 0))

    def refresh(self) -> None:
        """Have it look for what landed in the last 7 days and it was not told of."""
        self.connection.cursor().execute(f"ALTER PIPE {self._name} REFRESH")

    @property
    def _name(self) -> str:
        return qualify(self.database, SCHEMA, self.dimension.pipe)

    def _status(self) -> dict[str, Any]:
        cursor = self.connection.cursor()
        cursor.execute(
            f"SELECT SYSTEM$PIPE_STATUS({literal(f'{self.database}.{SCHEMA}.{self.dimension.pipe}'.upper())})"
        )
        try:
            found = json.loads(cursor.fetchone()[0])
        except (TypeError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _information(self, kind: str, name: str, column: str) -> str | None:
        found = _information(self.connection, self.database, kind, column, f" AND {kind}_NAME = {literal(name)}")
        return found[0] if found and found[0] is not None else None


def pipes(connection: Connection, database: str) -> list[Pipe]:
    """Those of dimensions, deployed now or before. None of a database that is not there."""
    names = _information(connection, database, "PIPE", "PIPE_NAME")
    return [Pipe(connection, database, Dimension(name)) for each in names if each and (name := of_pipe(each))]


def _information(
    connection: Connection, database: str, kind: str, column: str, condition: str = ""
) -> list[str | None]:
    """A column of objects of the schema in INFORMATION_SCHEMA; none also of a database that is not there."""
    cursor = connection.cursor()
    try:
        cursor.execute(
            f"SELECT {column} FROM {quote(database)}.INFORMATION_SCHEMA.{kind}S"
            f" WHERE {kind}_SCHEMA = {literal(SCHEMA)}{condition}"
        )
    except Exception as error:
        if isinstance(error, WarehouseError) and error.errno in (2003, 2043):
            return []
        raise
    return [None if row[0] is None else str(row[0]) for row in cursor.fetchall()]
