"""Files of the user's, looked at without landing them."""

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from customertrack.dimension.definition import Format
from customertrack.dimension.sample import Sample
from customertrack.errors import UsageError, UserError
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
        raise UserError(f"{error.msg}.") from error


def _format_of(file: Path) -> Format:
    if not file.is_file():
        raise UsageError(f"There is no file {file}.")
    name = file.name
    packed = name.endswith(".gz") and not name.endswith(".parquet.gz")
    ending = Path(name.removesuffix(".gz") if packed else name).suffix
    if ending not in _FORMATS:
        raise UsageError(
            f"{file} is not called like CSV, JSON lines or Parquet; its name has to end in one of these: "
            f"{', '.join(_FORMATS)}."
        )
    return _FORMATS[ending]
