"""Do the tests notice small mistakes? Each mutation of mutations.toml is tried with its own room's tests.

    python -m tests.mutations                      all of them: hours; --only takes a part
    python -m tests.mutations --only R__50         those whose file or text fits
    python -m tests.mutations --tests=--fast       with other tests than their own room's: the words are pytest's
    python -m tests.mutations --list               without trying any

It is run by hand, and says which mutations no test noticed: each wants the test that a reader would miss, or simpler
code in which it cannot be written. It ends with 1 if there are any.
"""

import argparse
import re
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutations.record import Mutation, mutations
from tests.mutations.trial import Copy, Outcome, TrialError


def main(words: Sequence[str] | None = None) -> int:
    """The whole program; returns its exit code."""
    flags = _parser().parse_args(words)
    chosen = [each for each in mutations() if flags.only.search(str(each))]
    tried = [each for each in chosen if not each.unseen]
    if flags.list:
        for each in chosen:
            print(each, f"  # not tried: {each.unseen}" if each.unseen else "", sep="")
        return 0
    seen: Counter[Outcome] = Counter()
    try:
        for mutation, outcome in _outcomes(tried, shlex.split(flags.tests), flags.jobs):
            seen[outcome] += 1
            print(f"{outcome.value:12} {mutation}", flush=True)
    except TrialError as error:
        print(f"Nothing can be said: {error}.", file=sys.stderr)
        return 2
    counted = len(tried) - seen[Outcome.GONE]
    share = f", {seen[Outcome.NOTICED] / counted:.1%}" if counted else ""
    print(f"\n{seen[Outcome.NOTICED]} of {counted} noticed{share}")
    if seen[Outcome.GONE]:
        print(f"{seen[Outcome.GONE]} stand no more as they are listed: let mutations.toml follow the code.")
    return 0 if seen[Outcome.NOTICED] == len(tried) else 1


def _outcomes(tried: list[Mutation], instead: list[str], jobs: int) -> Iterator[tuple[Mutation, Outcome]]:
    """Each mutation with what came of it, in order. Raises TrialError if tests fail without any."""
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(jobs):
            copies.put(Copy(Path(folder).resolve() / str(number)))

        def attempt(mutation: Mutation | None, tests: Sequence[str]) -> Outcome | None:
            copy = copies.get()
            try:
                return copy.attempt(mutation, tests) if mutation else copy.check(tests)
            finally:
                copies.put(copy)

        pool = ThreadPoolExecutor(jobs)
        try:
            for mutation, outcome in [
                (each, pool.submit(attempt, each, tests)) for each, tests in _steps(tried, instead)
            ]:
                found = outcome.result()
                if mutation and found:
                    yield mutation, found
        finally:
            pool.shutdown(cancel_futures=True)


def _steps(tried: list[Mutation], instead: list[str]) -> Iterator[tuple[Mutation | None, tuple[str, ...]]]:
    """What to run with which tests: each mutation, and none the first time that these tests come."""
    checked: set[tuple[str, ...]] = set()
    for mutation in tried:
        tests = tuple(instead) or mutation.tests
        if tests not in checked:
            checked.add(tests)
            yield None, tests
        yield mutation, tests


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--list", action="store_true", help="print the mutations and try none")
    parser.add_argument(
        "--only", type=re.compile, default=re.compile(""), metavar="REGEX", help="those whose file or text it finds"
    )
    parser.add_argument("--tests", default="", metavar="WORDS", help="for pytest, in place of the own room's tests")
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at once (1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
