"""A landed file by its name, and what was found of several of them, as one metric.

A name is written in three ways: by LIST as the whole URL, by COPY_HISTORY and METADATA$FILENAME as the path within the
bucket or the stage, and INFER_SCHEMA wants the last. Here it is always the last.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lambdas.watch.columns import Columns
from lambdas.watch.metric import Metric

# A log event holds 256 KB; whoever has more files than this has one cause, and sees it in the first.
_SHOWN = 50


@dataclass(frozen=True)
class Landing:
    """Where files of a dimension land: `url`, such as `s3://bucket/landing/customer/`, with a slash at its end.

    `pattern`: the names that its pipe takes. `format`: how they are written, and the end of their file format's name.
    `columns`: what is read of them. `has_snapshots`: whether each file is the whole truth of its time.
    `has_truncates`, `has_ignored`: whether a row may be a truncate, or say nothing.
    """

    dimension: str
    url: str
    pattern: re.Pattern[str]
    format: str
    columns: Columns = field(default_factory=Columns)
    has_snapshots: bool = False
    has_truncates: bool = False
    has_ignored: bool = False

    def relative(self, name: str) -> str:
        """A file's name within the landing, whichever of the three ways it is written in."""
        path = self.url.partition("://")[2].partition("/")[2]
        return name.removeprefix(self.url).removeprefix(path).removeprefix("/")


def is_loaded(status: str) -> bool:
    """Whether a status of COPY_HISTORY says that the whole file is in the table."""
    return status.lower() == "loaded"


def is_under_way(status: str) -> bool:
    """Whether a status of COPY_HISTORY says nothing yet."""
    return status.lower() == "load in progress"


def of_files(name: str, findings: Mapping[str, list[str]]) -> Metric:
    """How many files something was found of; the note names them, each with what it is. `findings`: by file."""
    found = {file: what for file, what in findings.items() if what}
    lines = [f"{file}: {'; '.join(what)}" for file, what in sorted(found.items())]
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return Metric(name, float(len(found)), note="\n".join(lines[:_SHOWN] + more))
