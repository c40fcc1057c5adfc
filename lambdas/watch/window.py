"""Which part of the past a watch counts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A batch notes the time at which it ends, and commits a moment after; a window that reached up to now would miss it.
_SETTLED = timedelta(minutes=1)


@dataclass(frozen=True)
class Window:
    """After `start`, up to and including `end`; aware, UTC. Windows of one schedule neither overlap nor leave a gap."""

    start: datetime
    end: datetime

    @classmethod
    def before(cls, scheduled: datetime, length: timedelta) -> "Window":
        """The window of the watch that was scheduled for that time, however late it runs."""
        end = scheduled - _SETTLED
        return cls(end - length, end)

    @property
    def binds(self) -> tuple[datetime, datetime]:
        """Both ends as the tables have them: UTC without saying so."""
        start, end = (time.astimezone(UTC).replace(tzinfo=None) for time in (self.start, self.end))
        return start, end
