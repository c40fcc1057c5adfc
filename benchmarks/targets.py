"""What a refresh should cost, measured by the peers and by itself, and whether it does."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.contestants import OURS, PEERS
from benchmarks.plan import Plan
from benchmarks.side_by_side import Figures

Result = tuple[Plan, dict[str, Figures]]

MOST_OF_PEER = 0.5
MOST_GROWTH = 1.5
FEW, MANY = 10_000, 1_000_000
FEW_CHANGES = 1_000


@dataclass(frozen=True)
class Target:
    """`values` -> what was measured, by cell or workload; none of them may be above `most`."""

    name: str
    most: float
    values: dict[str, float]

    @property
    def met(self) -> bool | None:
        """None if nothing was measured."""
        return max(self.values.values()) <= self.most if self.values else None

    def __str__(self) -> str:
        if not self.values:
            return f"{self.name} not measured"
        within = sum(value <= self.most for value in self.values.values())
        return f"{self.name} {within} of {len(self.values)} (worst {max(self.values.values()):.3g})"


def targets(results: list[Result]) -> list[Target]:
    """All of them, of which those that the run has no cells for say so."""
    return [
        Target(f"{MOST_OF_PEER} of the fastest peer", MOST_OF_PEER, _of_peers(results)),
        Target(f"flat within {MOST_GROWTH}", MOST_GROWTH, _growth(results)),
        Target("first load no slower", 1, _first_loads(results)),
        Target("nothing missed", 0, _missed(results)),
    ]


def to_fastest_peer(figures: dict[str, Figures], cost: Callable[[Figures], float]) -> float | None:
    """What ours costs by what the cheapest peer does; None without ours or without peers."""
    peers = [cost(figures[name]) for name in PEERS if name in figures]
    return cost(figures[OURS]) / min(peers) if peers and OURS in figures else None


def _of_peers(results: list[Result]) -> dict[str, float]:
    ratios = {_cell(plan): to_fastest_peer(figures, Figures.steady) for plan, figures in results}
    return {cell: ratio for cell, ratio in ratios.items() if ratio is not None}


def _growth(results: list[Result]) -> dict[str, float]:
    """Workload -> the same changes on many customers by those on few."""
    ours = {
        (plan.workload, plan.customers): figures[OURS].steady()
        for plan, figures in results
        if plan.changes == FEW_CHANGES and OURS in figures and not plan.has_extracts
    }
    both = {workload for workload, customers in ours if (workload, FEW) in ours and (workload, MANY) in ours}
    return {workload: ours[workload, MANY] / ours[workload, FEW] for workload in sorted(both)}


def _first_loads(results: list[Result]) -> dict[str, float]:
    """Every cell of as many customers loads the same files first, so they are one measurement, several times."""
    ratios = [to_fastest_peer(figures, Figures.first_load) for plan, figures in results if plan.customers == MANY]
    known = [ratio for ratio in ratios if ratio is not None]
    return {f"{MANY:,}": median(known)} if known else {}


def _missed(results: list[Result]) -> dict[str, float]:
    ours = {_cell(plan): figures[OURS].difference for plan, figures in results if OURS in figures}
    return {cell: found.missing for cell, found in ours.items() if found}


def _cell(plan: Plan) -> str:
    return f"{plan.workload} {plan.customers:,}/{plan.changes:,}"
