"""What tests of the watch share: the real pipeline at a time of the test's own, and metrics as a mapping."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from customertrack.dimension.project import FOLDER, installed_folder
from customertrack.warehouse import Connection
from lambdas.describe import describe
from lambdas.dimension import Dimension
from lambdas.watch.feed import landing
from lambdas.watch.metric import Metric
from lambdas.watch.watch import Source
from snowglobe.errors import ProgrammingError
from tests.csv_text import csv_text


class Clock:
    """The time is what `now` says; naive for the warehouse, aware for the watch."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now.replace(tzinfo=None)

    def forward(self, **distance: float) -> None:
        self.now += timedelta(**distance)


LANDING = landing(installed_folder() / FOLDER, Dimension("customer"), "s3://customertrack-home/landing/")


def source(connection: Any) -> Source:
    """What the watch of one machine's pipeline reads."""
    return Source(connection, "CUSTOMERTRACK_DEV", [LANDING])


def sent(text: str) -> str:
    """A statement of the watch, as it is sent for customer."""
    return text.format(name="customer")


def values(metrics: Iterable[Metric]) -> dict[str, float]:
    """Name to value."""
    return {metric.name: metric.value for metric in metrics}


def drop(folder: Path, name: str, *customer_ids: object) -> Path:
    """A file with an event for each customer."""
    columns = ["customer_id", "first_name", "updated_at"]
    rows = [{"customer_id": str(key), "first_name": "Ann", "updated_at": "2026-01-01"} for key in customer_ids]
    path = folder / name
    path.write_text(csv_text(columns, rows), encoding="utf-8")
    return path


class Scripted:
    """A connection that answers each statement from a table: rows with the names of their columns, or an error."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.sent: list[tuple[str, Sequence[Any] | None]] = []
        self._answer = answer
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[tuple[str]] = []
        self.rowcount = None

    def cursor(self) -> "Scripted":
        return self

    def execute(self, command: str, params: Sequence[Any] | None = None, /) -> None:
        self.sent.append((command, params))
        names, self._rows = self._answer(command)
        self.description = [(name,) for name in names]

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Any]:
        return self._rows


class Recording:
    """A connection that notes down the statements that go through it to another."""

    def __init__(self, connection: Connection) -> None:
        self.sent: list[str] = []
        self._connection = connection

    def cursor(self) -> Any:
        return _Cursor(self._connection.cursor(), self.sent)


class _Cursor:
    def __init__(self, cursor: Any, sent: list[str]) -> None:
        self._cursor, self._sent = cursor, sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, command: str, params: Sequence[Any] | None = None, /) -> Any:
        self._sent.append(command)
        return self._cursor.execute(command, params)


class WithoutMetadata:
    """A connection that refuses queries of tables until a warehouse is used: as if MIN and MAX needed one, too."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.awake = connection, False

    def cursor(self) -> Any:
        return _Asleep(self)


class _Asleep:
    def __init__(self, session: WithoutMetadata) -> None:
        self._session, self._cursor = session, session.connection.cursor()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, command: str, params: Sequence[Any] | None = None, /) -> Any:
        self._session.awake |= command.startswith("USE WAREHOUSE")
        if " FROM " in command and not self._session.awake:
            message = "No active warehouse selected in the current session."
            raise ProgrammingError(message, 606, "57P03")
        return self._cursor.execute(command, params)


STORAGE, ERRORS = "customertrack_dev_storage", "customertrack_dev_errors"
CREATE_STORAGE = (
    f"CREATE STORAGE INTEGRATION {STORAGE} TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE "
    "STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/read' STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/')"
)
CREATE_ERRORS = (
    f"CREATE NOTIFICATION INTEGRATION {ERRORS} TYPE = QUEUE DIRECTION = OUTBOUND ENABLED = TRUE "
    "NOTIFICATION_PROVIDER = AWS_SNS AWS_SNS_TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:errors' "
    "AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/errors'"
)


def made_again(connection: Connection, integration: str) -> None:
    """Dropped and created, as a person might who does not know what hangs on it."""
    connection.cursor().execute(f"DROP INTEGRATION {integration}")
    connection.cursor().execute({STORAGE: CREATE_STORAGE, ERRORS: CREATE_ERRORS}[integration])


def trusted(connection: Connection) -> dict[str, str]:
    """Makes both integrations, and answers what the function is told of them, as after a handshake."""
    for statement in (CREATE_STORAGE, CREATE_ERRORS):
        connection.cursor().execute(statement)
    storage, errors = describe(connection, STORAGE), describe(connection, ERRORS)
    return {
        "STORAGE_INTEGRATION": STORAGE.upper(),
        "STORAGE_USER_ARN": storage["STORAGE_AWS_IAM_USER_ARN"],
        "STORAGE_EXTERNAL_ID": storage["STORAGE_AWS_EXTERNAL_ID"],
        "ERROR_INTEGRATION": ERRORS.upper(),
        "ERROR_USER_ARN": errors["SF_AWS_IAM_USER_ARN"],
        "ERROR_EXTERNAL_ID": errors["SF_AWS_EXTERNAL_ID"],
    }
