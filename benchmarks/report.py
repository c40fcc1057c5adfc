"""The figures as Markdown tables, and as plain data."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from benchmarks.plan import WORKLOADS
from benchmarks.side_by_side import Figures
from benchmarks.targets import Result, targets, to_fastest_peer

DETAILS = (
    "customers",
    "changes",
    "contestant",
    "mean ms",
    "CPU s",
    "close ms",
    "peak MB",
    "versions",
    "open",
    "extra",
    "ends",
)
NOTE = """\
A batch is one refresh; medians, means and CPU time (all cores) are of the batches after the second. Closing the
database does what was put off until then. Missed versions are those that only a replay of all events has, extra ones
those that only the contestant has, by key, begin and state; ends are those of the same versions that differ. dlt ends a
version at the time of its load; dbt and SQLMesh learn of deletes only from a full source, as that of W3 is."""


def tables(results: list[Result]) -> str:
    """Four tables per workload, in lines of 120 characters at most, and a last line about the targets."""
    parts = []
    for workload, meaning in WORKLOADS.items():
        mine = [result for result in results if result[0].workload == workload]
        if mine:
            parts += [f"## {workload}: {meaning}", *_of_workload(mine)]
    return "\n\n".join([*parts, NOTE, verdict(results)])


def verdict(results: list[Result]) -> str:
    """One line that says which targets are met."""
    return f"Targets met: {', '.join(str(target) for target in targets(results))}."


def _of_workload(results: list[Result]) -> list[str]:
    return [
        _by_cell("Median milliseconds of a batch", results, Figures.steady, "{:,.0f}"),
        _by_cell("Seconds of the first load", results, Figures.first_load, "{:,.1f}"),
        _missed(results),
        table("In detail", [DETAILS, *(row for result in results for row in _details(result))]),
    ]


def _by_cell(title: str, results: list[Result], cost: Callable[[Figures], float], shown: str) -> str:
    names = _names(results)
    rows = []
    for plan, figures in results:
        ratio = to_fastest_peer(figures, cost)
        costs = (shown.format(cost(figures[name])) for name in names)
        rows.append((f"{plan.customers:,}", f"{plan.changes:,}", *costs, "" if ratio is None else f"{ratio:.2f}"))
    return table(title, [("customers", "changes", *names, "ours to the fastest peer"), *rows])


def _missed(results: list[Result]) -> str:
    names = [name for name in _names(results) if all(figures[name].difference for _, figures in results)]
    rows = [
        (f"{plan.customers:,}", f"{plan.changes:,}", *(f"{_missing(figures[name]):,}" for name in names))
        for plan, figures in results
    ]
    return table("Versions missed", [("customers", "changes", *names), *rows])


def _missing(figures: Figures) -> int:
    assert figures.difference is not None
    return figures.difference.missing


def _names(results: list[Result]) -> list[str]:
    return list(results[0][1])


def _details(result: Result) -> list[tuple[str, ...]]:
    plan, figures = result
    return [
        (
            f"{plan.customers:,}",
            f"{plan.changes:,}",
            name,
            f"{mine.mean_milliseconds:,.0f}",
            f"{mine.steady_cpu_seconds:.3f}",
            f"{mine.close_milliseconds:,.0f}",
            f"{mine.peak_rss_bytes / 2**20:,.0f}",
            *_difference(mine),
        )
        for name, mine in figures.items()
    ]


def _difference(mine: Figures) -> tuple[str, ...]:
    if mine.difference is None:
        return ("",) * 4
    found = mine.difference
    return tuple(f"{count:,}" for count in (found.versions, found.open_versions, found.extra, found.ends))


def table(title: str, rows: list[tuple[str, ...]]) -> str:
    """A Markdown table below its title; the first row is the head."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = ([cell.rjust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    lines = [f"| {' | '.join(cells)} |" for cells in padded]
    lines.insert(1, "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|")
    return "\n".join([f"{title}:", "", *lines])


def plain(results: list[Result]) -> dict[str, list[dict[str, Any]]]:
    """The same for a program: the targets, and a record per plan and contestant with the figures of each batch."""
    records = [
        {
            **asdict(plan),
            "contestant": name,
            "steady_milliseconds": mine.steady(),
            "mean_milliseconds": mine.mean_milliseconds,
            "steady_cpu_seconds": mine.steady_cpu_seconds,
            "first_load_seconds": mine.first_load(),
            **asdict(mine),
        }
        for plan, figures in results
        for name, mine in figures.items()
    ]
    return {"targets": [{**asdict(target), "met": target.met} for target in targets(results)], "records": records}
