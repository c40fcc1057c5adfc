"""Lines about files: what is odd about those that were loaded, and those that are not in the tables as they are."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from customertrack.cli.show.value import printable
from customertrack.cli.show.words import file_name, listed, plural
from customertrack.local.findings import Finding
from customertrack.local.notices import Notice

# Of files about which there is the same to say; `status` lists all.
_MOST_LINES = 10


def about_findings(found: Iterable[Finding]) -> list[str]:
    """A line for each finding, and the names of all files that have it."""
    return list(_grouped((one.name, one.text) for one in found))


def about_notices(notices: Sequence[Notice], resolve: str) -> list[str]:
    """A line for each file, or for many of a kind the first; `resolve`: the command, as the user can type it."""
    lines = []
    for kind in dict.fromkeys(notice.kind for notice in notices):
        some = [notice for notice in notices if notice.kind == kind]
        if kind == "DIFFERS":
            lines += [f"{printable(one.name)}: {one.text}; {_decide(one.name, resolve)}" for one in some[:_MOST_LINES]]
            if len(some) > _MOST_LINES:
                more = plural(len(some) - _MOST_LINES, "file")
                lines.append(f"and {more} more that differ; status lists them, and resolve --all decides about all")
        else:
            lines += _grouped((one.name, one.text) for one in some)
    return lines


def _decide(name: str, resolve: str) -> str:
    return f"load what it holds now, or keep what was loaded: {resolve} {shlex.quote(name)} --load (or --keep)"


def _grouped(said: Iterable[tuple[str, str]]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for name, text in said:
        names.setdefault(text, []).append(printable(file_name(name)))
    for text, files in names.items():
        yield f"{listed(files)}: {text}"
