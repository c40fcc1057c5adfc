"""The figures as Markdown tables, and as plain data."""

from dataclasses import asdict

from benchmarks.contestants import FLOOR, PEERS
from benchmarks.plan import WORKLOADS, Plan
from benchmarks.side_by_side import Figures

Result = tuple[Plan, dict[str, Figures]]

COLUMNS = (
    "customers",
    "rows changed",
    "contestant",
    "median ms",
    "mean ms",
    "to floor",
    "to fastest peer",
    "CPU s",
    "close ms",
    "peak MB",
    "versions",
    "open",
    "missing",
    "extra",
    "ends differ",
)
NOTE = (
    "One refresh is one batch; median, mean and CPU time (all cores) are of the batches after the second. Closing the "
    "database does what was put off until then. Missing versions are those that only a replay of all events has, extra "
    "ones those that only the contestant has, by key, begin and state. Where ends differ: dlt ends a version at the "
    "time of its load; dbt and SQLMesh learn of deletes only from a full source."
)


def tables(results: list[Result]) -> str:
    """One table per workload, a row per plan and contestant."""
    parts = []
    for workload, meaning in WORKLOADS.items():
        mine = [result for result in results if result[0].workload == workload]
        if mine:
            rows = [row for plan, figures in mine for row in _rows(plan, figures)]
            parts.append("\n".join([f"## {workload}: {meaning}", *_markdown([COLUMNS, *rows])]))
    return "\n\n".join([*parts, NOTE])


def _rows(plan: Plan, figures: dict[str, Figures]) -> list[tuple[str, ...]]:
    floor = figures[FLOOR].steady_milliseconds if FLOOR in figures else None
    peer = min((figures[name].steady_milliseconds for name in PEERS if name in figures), default=None)
    return [
        (f"{plan.customers:,}", f"{plan.changes:,}", name, *_costs(mine, floor, peer), *_faults(mine))
        for name, mine in figures.items()
    ]


def _costs(mine: Figures, floor: float | None, peer: float | None) -> tuple[str, ...]:
    steady = mine.steady_milliseconds
    return (
        f"{steady:.0f}",
        f"{mine.mean_milliseconds:.0f}",
        f"{steady / floor:.1f}" if floor else "",
        f"{steady / peer:.2f}" if peer else "",
        f"{mine.steady_cpu_seconds:.3f}",
        f"{mine.close_milliseconds:.0f}",
        f"{mine.peak_rss_bytes / 2**20:.0f}",
    )


def _faults(mine: Figures) -> tuple[str, ...]:
    if mine.difference is None:
        return ("",) * 5
    return tuple(f"{count:,}" for count in asdict(mine.difference).values())


def _markdown(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = ([cell.rjust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    lines = [f"| {' | '.join(cells)} |" for cells in padded]
    lines.insert(1, "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|")
    return lines


def plain(results: list[Result]) -> list[dict[str, object]]:
    """The same for a program: a record per plan and contestant, with the figures of each batch."""
    return [
        {**asdict(plan), "contestant": name, "steady_milliseconds": mine.steady_milliseconds, **asdict(mine)}
        for plan, figures in results
        for name, mine in figures.items()
    ]
