"""Times, spans and counts in the pages' sentences."""

from datetime import datetime

_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


def at(time: datetime | None) -> str:
    """A time to the second, as the warehouse keeps it: UTC."""
    return "-" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float | None) -> str:
    """How long something took: 0.59 s, 12 s, 3.5 minutes, 2.0 days."""
    if seconds is None:
        return "-"
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2f} s"


def plural(value: int, one: str, several: str = "") -> str:
    """`1 row`, `2 rows`, `0 rows`; `several` where an s does not do."""
    return f"{value:,} {one if value == 1 else several or f'{one}s'}"
