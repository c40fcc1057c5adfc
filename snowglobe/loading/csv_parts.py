"""A large CSV file in parts that several threads read at once: DuckDB reads a file whose rows are numbered by one."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from snowglobe.loading.plain_file import scratch_file

# A part of fewer bytes is read before a further statement is planned.
SMALLEST = 8 * 1024 * 1024
_BLOCK = 1024 * 1024


class Cut(NamedTuple):
    """A place between two records of a file: its byte, and how many records stand before it."""

    at: int
    records: int


def evenly(cuts: Sequence[Cut], parts: int) -> list[Cut]:
    """Those that make at most so many parts of about one size."""
    number = min(parts - 1, len(cuts))
    return [cuts[(len(cuts) + 1) * place // (number + 1) - 1] for place in range(1, number + 1)]


@contextmanager
def cut_off(file: Path, scratch: Path, cuts: Sequence[Cut], first_line: bytes) -> Iterator[list[Path]]:
    """What stands from each cut to the next one, or to the end, in scratch files until the context ends.

    Each begins with the first line of the file: DuckDB takes its end for the end of all lines, and a byte order mark at
    the begin for none of the text. Raises OSError if they cannot be written.
    """
    with ExitStack() as stack:
        copies = [stack.enter_context(scratch_file(scratch)) for _ in cuts]
        ends = [*(cut.at for cut in cuts[1:]), file.stat().st_size]
        for cut, end, copy in zip(cuts, ends, copies, strict=True):
            _copy(file, copy, first_line, cut.at, end)
        yield copies


def _copy(file: Path, copy: Path, first_line: bytes, begin: int, end: int) -> None:
    with file.open("rb") as source, copy.open("wb") as target:
        target.write(first_line)
        source.seek(begin)
        while block := source.read(min(_BLOCK, end - source.tell())):
            target.write(block)
