"""`python -m benchmarks`: what a refresh costs, beside other tools and the floor, on the same batches in one run.

A cell is one workload with one number of customers and of changes.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.columns import CUSTOMER
from benchmarks.contestants import MODULES, OURS
from benchmarks.plan import USUAL, WORKLOADS, Plan
from benchmarks.report import plain, tables
from benchmarks.side_by_side import REPOSITORY, SETTLING_BATCHES, Figures, before, measure, seated
from benchmarks.targets import Result
from customertrack.errors import UsageError, UserError

QUICK = {"customers": [1_000], "changes": [100], "batches": SETTLING_BATCHES + 1}


def numbers(text: str) -> list[int]:
    """Comma-separated positive whole numbers; underscores may group their digits."""
    values = [int(part) for part in text.split(",")]
    if min(values) < 1:
        raise ValueError(text)
    return values


def names(text: str) -> list[str]:
    """Comma-separated names."""
    return text.split(",")


def parser() -> ArgumentParser:
    """The command line."""
    made = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument(
        "--customers", type=numbers, default=[10_000, 100_000, 1_000_000], help="default: 10000,100000,1000000"
    )
    made.add_argument(
        "--changes", type=numbers, default=[1_000, 10_000], help="changed rows a batch (default: 1000,10000)"
    )
    made.add_argument(
        "--batches", type=int, default=8, help="after the first load; the first two of them do not count (default: 8)"
    )
    made.add_argument(
        "--attributes", type=int, default=len(CUSTOMER), help="columns of a row beside the key, 7 at least (default: 7)"
    )
    made.add_argument("--workloads", type=names, default=list(USUAL), help="W1, W2, W3; default: W1,W2")
    made.add_argument("--contestants", type=names, default=list(MODULES), help=f"default: {','.join(MODULES)}")
    made.add_argument("--before", type=Path, metavar="DIR", help="another checkout of the project takes part too")
    made.add_argument("--peer-python", type=Path, default=REPOSITORY / ".venv-bench/bin/python", help="has dlt and dbt")
    made.add_argument(
        "--sqlmesh-python", type=Path, default=REPOSITORY / ".venv-sqlmesh/bin/python", help="has SQLMesh"
    )
    made.add_argument("--quick", action="store_true", help="a tiny run that only shows that everything works")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write the figures of every batch")
    return made


def checked(arguments: Namespace) -> None:
    """Raise UsageError for what argparse does not see."""
    for given, known in ((arguments.workloads, WORKLOADS), (arguments.contestants, MODULES)):
        if strangers := set(given) - set(known):
            raise UsageError(f"{', '.join(sorted(strangers))} is not known: choose from {', '.join(known)}.")
    if arguments.batches <= SETTLING_BATCHES - 1:
        raise UsageError(f"Ask for at least {SETTLING_BATCHES} --batches: the first ones do not count.")
    if arguments.attributes < len(CUSTOMER):
        raise UsageError(f"Ask for at least {len(CUSTOMER)} --attributes, those of a customer.")
    if arguments.json and not arguments.json.absolute().parent.is_dir():
        raise UsageError(f"There is no folder for {arguments.json}: make it, or name another file.")


def plans(arguments: Namespace) -> list[Plan]:
    """Every workload with every number of customers and of changes."""
    return [
        Plan(workload, customers, changes, arguments.batches, attributes=arguments.attributes)
        for workload in arguments.workloads
        for customers in arguments.customers
        for changes in arguments.changes
    ]


def measured(arguments: Namespace) -> list[Result]:
    """Run all plans, one after the other, each in a temporary folder; raises UserError if a contestant fails."""
    checked(arguments)
    peers = {
        "dlt": arguments.peer_python.absolute(),
        "dbt": arguments.peer_python.absolute(),
        "sqlmesh": arguments.sqlmesh_python.absolute(),
    }
    seats = {name: seated(name, peers) for name in arguments.contestants}
    if arguments.before:
        seats["before"] = before(arguments.before)
    results = []
    cells = plans(arguments)
    for number, plan in enumerate(cells, 1):
        begin = time.monotonic()
        print(
            f"cell {number} of {len(cells)}: {plan.workload}, {plan.customers:,} customers, "
            f"{plan.changes:,} changes a batch",
            file=sys.stderr,
        )
        with TemporaryDirectory(prefix="benchmark-") as folder:
            results.append((plan, measure(plan, seats, Path(folder))))
        print(f"  {time.monotonic() - begin:.0f} s", file=sys.stderr)
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and return the exit code: 1 if our tables are not the truth."""
    arguments = parser().parse_args(argv)
    if arguments.quick:
        vars(arguments).update(QUICK)
    try:
        results = measured(arguments)
    except UserError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Stopped: nothing was kept.", file=sys.stderr)
        return 1
    print(tables(results))
    if arguments.json:
        arguments.json.write_text(json.dumps(plain(results), indent=1))
    wrong = [plan for plan, figures in results if OURS in figures and not _exact(figures[OURS])]
    for plan in wrong:
        print(f"Ours differs from the truth on {plan}: do not trust its figures, see the table.", file=sys.stderr)
    return 1 if wrong else 0


def _exact(figures: Figures) -> bool:
    return figures.difference is not None and figures.difference.exact


if __name__ == "__main__":
    sys.exit(main())
