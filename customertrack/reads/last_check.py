"""What the last check of a dimension found; who checks writes it down, who looks reads it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Offence:
    """An invariant that did not hold, and how many rows offended."""

    number: int
    rule: str
    rows: int


@dataclass(frozen=True)
class LastCheck:
    """`at`: when it was, UTC. `batch_id`: the last refresh before it, 0 if there was none. `invariants`: how many were
    checked. `truth`: what came of the comparison with the truth of the feed, or why there was none; `is_true`: whether
    nothing differed, None if nothing was compared."""

    at: datetime
    batch_id: int
    invariants: int
    offences: tuple[Offence, ...]
    truth: str
    is_true: bool | None
