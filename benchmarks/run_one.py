"""One contestant, one workload, one process: `python -m benchmarks.run_one floor --workload W1 ... --folder DIR`.

Prints one JSON object per line: `{"opened": "floor"}` when it can begin, for each batch
`{"batch": 0, "milliseconds": ..., "cpu_seconds": ...}`, then
`{"peak_rss_bytes": ..., "close_milliseconds": ..., "history": FILE or null}`.
"""

import json
import os
import resource
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TextIO

from benchmarks.contestants import MODULES, opened
from benchmarks.plan import Plan, add_arguments, batch_files, from_arguments


def take_stdout() -> TextIO:
    """Keep stdout for the figures, and send what the tools print there to stderr."""
    figures = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return figures


def cpu_seconds() -> float:
    """User and system time of this process, its threads and its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_rss_bytes() -> int:
    """The most memory this process ever held. getrusage(2): kilobytes on Linux, bytes on macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def timed(work: Callable[[], None]) -> dict[str, float]:
    """Do something and say what it cost."""
    cpu, begin = cpu_seconds(), time.perf_counter()
    work()
    milliseconds = (time.perf_counter() - begin) * 1000
    return {"milliseconds": milliseconds, "cpu_seconds": cpu_seconds() - cpu}


def run(name: str, plan: Plan, folder: Path, home: Path, figures: TextIO, in_step: bool) -> None:
    """Apply all batches of the plan in order; `in_step`, wait for a line on stdin before each."""
    contestant = opened(name, home, plan)
    print(json.dumps({"opened": name}), file=figures)
    for number in range(plan.batches + 1):
        files = batch_files(folder, number)
        if in_step and not sys.stdin.readline():
            return
        print(json.dumps({"batch": number, **timed(partial(contestant.apply, files))}), file=figures)
    summary = {"peak_rss_bytes": peak_rss_bytes(), "close_milliseconds": timed(contestant.close)["milliseconds"]}
    history = home / "history.parquet"
    kept = contestant.export_history(history)
    print(json.dumps({**summary, "history": str(history) if kept else None}), file=figures)


def main() -> None:
    """Run one contestant on batches that `python -m benchmarks.workload` wrote."""
    figures = take_stdout()
    parser = ArgumentParser(description=main.__doc__)
    parser.add_argument("contestant", choices=list(MODULES))
    parser.add_argument("--home", type=Path, help="an empty folder for its files (default: one below --folder)")
    parser.add_argument("--in-step", action="store_true", help="wait for a line on stdin before each batch")
    add_arguments(parser)
    arguments = parser.parse_args()
    home = (arguments.home or arguments.folder / arguments.contestant).resolve()
    home.mkdir(parents=True)
    plan = from_arguments(arguments)
    run(arguments.contestant, plan, arguments.folder.resolve(), home, figures, arguments.in_step)


if __name__ == "__main__":
    main()
