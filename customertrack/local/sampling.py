"""Files of the user's, looked at without landing them."""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from customertrack.dimension.definition import Feed, Format
from customertrack.dimension.sample import Sample
from customertrack.errors import UsageError, UserError
from customertrack.local.content import unfit
from snowglobe import errors, profile

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_HEADER = 1024 * 1024
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
}


def format_of(files: Sequence[Path]) -> Format:
    """The format that all the files have by their names. Raises UsageError."""
    formats: set[Format] = {_format_of(file) for file in files}
    if len(formats) > 1:
        raise UsageError(f"The files are of several formats, {' and '.join(sorted(formats))}; give files of one.")
    return formats.pop()


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files that the paths name; a folder stands for those in it that are called like one of the formats.

    Raises UsageError.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
        called = [file for file in inside if _ending(file) in _FORMATS]
        if not called:
            raise UsageError(
                f"The folder {path} holds no file whose name ends in one of these: {', '.join(_FORMATS)}; "
                "name the files, or another folder."
            )
        found += called
    return found


def with_rows(files: Sequence[Path], form: Format) -> list[Path]:
    """Those of the files that are not empty. Raises UserError for one that is of another format, or cut."""
    feed = Feed("changes", form, None, "")
    found = []
    for file in files:
        try:
            unusable = unfit(file, feed)
        except OSError as error:
            raise UserError(f"{file} cannot be read: {error.strerror}.") from error
        if unusable and not unusable.is_empty:
            raise UserError(f"{file}: {unusable.reason}; {unusable.next_step}.")
        if not unusable:
            found.append(file)
    if not found:
        raise UserError(f"There is no row in {', '.join(file.name for file in files[:3])}; give a file with some.")
    return found


def delimiter_of(file: Path) -> str:
    """What most likely stands between the fields of a CSV file: what its header has most of."""
    opened = gzip.open if file.suffix == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", errors="replace") as text:
            line = text.readline(_LONGEST_HEADER)
    except (OSError, EOFError, zlib.error):
        # Whoever reads it says so.
        return _DELIMITERS[0]
    bare = re.sub('"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count)


@contextmanager
def sampled(files: Sequence[Path], form: Format, delimiter: str = ",") -> Iterator[Sample]:
    """What is in the files, until the context ends. Raises UserError for one that cannot be read."""
    try:
        with profile(files, form, delimiter) as found:
            yield found
    except errors.Error as error:
        # One that begins and ends as Parquet does may be damaged in between.
        again = "; copy it again, whole" if form == "parquet" else ""
        raise UserError(f"{error.msg.rstrip('.')}{again}.") from error


def _format_of(file: Path) -> Format:
    if not file.is_file():
        pattern = "; write the pattern without quotes, so that the shell finds its files" if "*" in file.name else ""
        raise UsageError(f"There is no file {file}{pattern}.")
    ending = _ending(file)
    if ending not in _FORMATS:
        raise UsageError(
            f"{file} is not called like CSV, JSON lines or Parquet; its name has to end in one of these: "
            f"{', '.join(_FORMATS)}."
        )
    return _FORMATS[ending]


def _ending(file: Path) -> str:
    packed = file.name.endswith(".gz") and not file.name.endswith(".parquet.gz")
    return Path(file.name.removesuffix(".gz") if packed else file.name).suffix
