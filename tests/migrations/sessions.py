"""Sessions for the tests of the runner, and how they call it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from customertrack.migrations import Patience, Report, apply
from customertrack.warehouse import Connection, Cursor

AT_ONCE = Patience(lease=60, wait=0, poll=0.01)
WAITING = Patience(lease=60, wait=30, poll=0.01)
HISTORY = "ct.migrations.change_history"
LEASE = "ct.migrations.lease"


@dataclass
class Watched:
    """A session that notes what is sent, after `before` had its say."""

    connection: Connection
    before: Callable[[str], None] = lambda command: None
    sent: list[str] = field(default_factory=list)

    def cursor(self) -> Cursor:
        return _WatchedCursor(self)


class _WatchedCursor:
    def __init__(self, session: Watched) -> None:
        self.session, self.inner = session, session.connection.cursor()
        self.fetchone, self.fetchall = self.inner.fetchone, self.inner.fetchall

    @property
    def rowcount(self) -> int | None:
        return self.inner.rowcount

    @property
    def description(self) -> Any:
        return self.inner.description

    def execute(self, command: str, params: Any = None, /) -> Any:
        self.session.sent.append(command)
        self.session.before(command)
        return self.inner.execute(command, params)


def run(connection: Connection, folder, patience: Patience = AT_ONCE, word: str = "c", **options: Any) -> Report:
    variables = {"word": word} if "{{" in "".join(path.read_text() for path in folder.glob("*.sql")) else {}
    return apply(connection, folder, variables, database="ct", installed_by="test", patience=patience, **options)


def scripts(report: Report) -> list[str]:
    return [applied.script for applied in report.applied]


class Killed(BaseException):
    """As SIGKILL: nothing can be sent any more."""


def killed_at(command_prefix: str) -> Callable[[str], None]:
    dead = False

    def before(command: str) -> None:
        nonlocal dead
        dead = dead or command.startswith(command_prefix)
        if dead:
            raise Killed

    return before


def expire_lease(rows) -> None:
    rows(f"UPDATE {LEASE} SET expires_at = DATEADD('second', -1, SYSDATE())")
