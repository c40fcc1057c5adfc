"""One run of migrations at a time: a row that says who may run, and until when unless renewed.

The times are the warehouse's (SYSDATE, in UTC), so the clocks of the machines that run migrations do not matter. A
killed run's lease ends by itself. Each change is a conditional UPDATE whose row count says whether it happened.

Whether an UPDATE that had to wait for another one looks at its condition again, Snowflake's page on transactions does
not say. So whoever takes the lease first waits in a statement without a condition, which locks the row, and decides in
the next one, which sees what was committed before it began.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from customertrack.errors import UserError
from customertrack.migrations.report import Notice
from customertrack.migrations.tables import Tables
from customertrack.warehouse import Connection, tolerated


@dataclass(frozen=True)
class Patience:
    """Seconds: how long a lease lasts unrenewed (longer than any statement); how long, and how often, to try for it.

    Waiting for longer than a lease lasts means that a run outlives the lease of one that was killed. One that is killed
    while it takes the lease keeps the row locked for five minutes (docs.snowflake.com, "Transactions").
    """

    lease: int = 300
    wait: float = 330
    poll: float = 1


DEFAULT_PATIENCE = Patience()


def since_boot() -> float:
    """Seconds, those included in which the machine slept: a lease goes on meanwhile."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True)
class Lease:
    """A claim of one run; `holder` is unlike that of any other run, `seconds` is how long a claim lasts unrenewed."""

    connection: Connection
    tables: Tables
    holder: str
    seconds: int

    def take(self) -> bool:
        """Whether the lease was free or expired, and now is this holder's."""
        cursor = self.connection.cursor()
        cursor.execute("BEGIN TRANSACTION")
        try:
            self._update("NAME = NAME")
            taken = self._update(
                "HOLDER = ?, EXPIRES_AT = DATEADD('second', ?, SYSDATE())"
                " WHERE HOLDER IS NULL OR EXPIRES_AT <= SYSDATE()",
                self.holder,
                self.seconds,
            )
        except BaseException:
            with tolerated():
                cursor.execute("ROLLBACK")
            raise
        cursor.execute("COMMIT")
        return taken

    def renew(self) -> bool:
        """Whether the lease was still this holder's, which it is until taken, even if expired; it lasts anew."""
        return self._update("EXPIRES_AT = DATEADD('second', ?, SYSDATE()) WHERE HOLDER = ?", self.seconds, self.holder)

    def release(self) -> None:
        """Free the lease if it is this holder's."""
        self._update("HOLDER = NULL, EXPIRES_AT = NULL WHERE HOLDER = ?", self.holder)

    def held(self) -> tuple[str, datetime] | None:
        """Who holds it and until when (UTC), or None if it is free."""
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT HOLDER, EXPIRES_AT FROM {self.tables.lease} WHERE HOLDER IS NOT NULL")
        return cursor.fetchone()

    def _update(self, assignments_and_condition: str, *binds: object) -> bool:
        cursor = self.connection.cursor()
        cursor.execute(f"UPDATE {self.tables.lease} SET {assignments_and_condition}", binds)
        return bool(cursor.rowcount)


def take_in_turn(lease: Lease, patience: Patience, clock: Callable[[], float], tell: Callable[[Notice], None]) -> None:
    """Take the lease, waiting for another run to end or its lease to expire.

    Raises UserError naming the holder and the end of its lease if that takes longer than `patience.wait`.
    """
    deadline = clock() + patience.wait
    told = False
    while not lease.take():
        holder, expires_at = lease.held() or ("another run", None)
        if clock() >= deadline:
            until = f" until {expires_at:%Y-%m-%d %H:%M:%S} UTC unless it goes on" if expires_at else ""
            raise UserError(
                f"{holder} is running the migrations and holds their lease{until}; run this again when it has ended"
            )
        if not told:
            tell(Notice("waiting", holder))
            told = True
        time.sleep(patience.poll)
