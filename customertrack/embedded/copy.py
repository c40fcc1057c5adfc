"""COPY INTO table FROM @stage: one file at a time, each in a transaction of its own with the note that it was loaded."""

import re
from dataclasses import dataclass, field
from typing import Any

from customertrack.embedded.csv_file import CsvError, CsvRows, open_csv
from customertrack.embedded.errors import NotSupportedError
from customertrack.embedded.session import Session, quoted, quoted_name
from customertrack.embedded.stage import find_file_format, find_stage
from customertrack.embedded.storage import StoredFile
from customertrack.embedded.tokens import Tokens, head

_OPTIONS: dict[str, Any] = {
    "FILE_FORMAT": {}, "PATTERN": "", "ON_ERROR": "SKIP_FILE", "MATCH_BY_COLUMN_NAME": "CASE_INSENSITIVE", "INCLUDE_METADATA": {},
}  # fmt: skip
_METADATA = {"METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER", "METADATA$FILE_LAST_MODIFIED", "METADATA$START_SCAN_TIME"}


@dataclass(frozen=True)
class Copy:
    """A COPY statement: `table` and `stage` qualified, `pattern` a regular expression for whole names, `metadata` from column to METADATA$ name."""

    table: str
    stage: str
    prefix: str
    pattern: str
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileLoad:
    """What became of one file: `status` is LOADED or LOAD_FAILED, `rows` those that were loaded, `error` why the file was left out."""

    name: str
    status: str
    rows: int = 0
    error: str | None = None


def parse_copy(session: Session, sql: str) -> Copy:
    """Read COPY INTO table FROM @stage[/path] options. Another shape, or an option that would load differently, is an error."""
    tokens = Tokens(sql)
    tokens.expect("COPY", "INTO")
    table = session.qualify(tokens.name())
    tokens.expect("FROM", "@")
    stage = find_stage(session, tokens.name())
    prefix = stage.prefix
    while tokens.accept("/"):
        prefix += tokens.name() + "/"
    options = tokens.options(_OPTIONS)
    tokens.end()
    if options.get("ON_ERROR") != "SKIP_FILE" or options.get("MATCH_BY_COLUMN_NAME") != "CASE_INSENSITIVE":
        raise NotSupportedError(
            f"The embedded warehouse loads with ON_ERROR = SKIP_FILE and MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE alone: {head(sql)}", 2, "0A000"
        )
    file_format = options.get("FILE_FORMAT")
    if not isinstance(file_format, dict) or set(file_format) != {"FORMAT_NAME"}:
        raise NotSupportedError(f"The embedded warehouse wants FILE_FORMAT = (FORMAT_NAME = '...'): {head(sql)}", 2, "0A000")
    find_file_format(session, str(file_format["FORMAT_NAME"]))
    wanted = options.get("INCLUDE_METADATA", {})
    metadata = {str(column).lower(): str(name) for column, name in wanted.items()} if isinstance(wanted, dict) else {}
    if unknown := set(metadata.values()) - _METADATA:
        raise NotSupportedError(f"The embedded warehouse does not know {', '.join(sorted(unknown))}: {head(sql)}", 2, "0A000")
    return Copy(table, stage.name, prefix, str(options.get("PATTERN", "")), metadata)


def load_file(session: Session, copy: Copy, target: str, file: StoredFile) -> FileLoad:
    """Load one file and note it under `target`, both or neither. A file that cannot be read as CSV is noted as failed, with none of its rows."""
    scanned_at = session.clock()
    stage = find_stage(session, copy.stage)
    try:
        path = session.database.buckets[stage.bucket].fetch(file.name)
        with open_csv(path, session.database.scratch) as rows, session.atomic():
            count = _insert(session, copy, rows, file, scanned_at)
            load = FileLoad(file.name, "LOADED", count)
            _note(session, copy, target, file, load, scanned_at)
    except (CsvError, OSError) as error:
        load = FileLoad(file.name, "LOAD_FAILED", error=_reason(error))
        with session.atomic():
            _note(session, copy, target, file, load, scanned_at)
    loaded_names(session, target).add(file.name)
    return load


def loaded_names(session: Session, target: str) -> set[str]:
    """The names that `target`, a pipe or a table, has taken before."""
    known = session.database.loaded_names
    if target not in known:
        known[target] = {name for (name,) in session.rows("SELECT file_name FROM embedded.load WHERE target = ?", [target])}
    return known[target]


def _insert(session: Session, copy: Copy, rows: CsvRows, file: StoredFile, scanned_at: object) -> int:
    places = {name.lower(): f"c{at}" for at, name in enumerate(rows.header)}
    columns = [column for column in session.table_columns(copy.table) if column in places or column in copy.metadata]
    values = [_metadata(copy.metadata[column]) if column in copy.metadata else places[column] for column in columns]
    bound = {"METADATA$FILENAME": file.name, "METADATA$FILE_LAST_MODIFIED": file.modified_at, "METADATA$START_SCAN_TIME": scanned_at}
    params = [bound[copy.metadata[column]] for column in columns if copy.metadata.get(column) in bound]
    names = ", ".join(quoted(column) for column in columns)
    statement = f"INSERT INTO {quoted_name(copy.table)} ({names}) SELECT {', '.join(values)} FROM {rows.table}"
    return int(session.run(statement, [*params, *rows.params]).fetchall()[0][0])


def _metadata(name: str) -> str:
    """A METADATA$ column as DuckDB's SQL, its value a bind. The time of the scan is an instant, kept as UTC."""
    return {
        "METADATA$FILE_ROW_NUMBER": "row_number",
        "METADATA$START_SCAN_TIME": "CAST(? AS TIMESTAMP) AT TIME ZONE 'UTC'",
    }.get(name, "?")


def _note(session: Session, copy: Copy, target: str, file: StoredFile, load: FileLoad, scanned_at: object) -> None:
    session.run(
        "INSERT INTO embedded.load VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [target, copy.table, file.name, file.size, file.modified_at, load.status, load.rows, load.error, scanned_at],
    )


def _reason(error: CsvError | OSError) -> str:
    if isinstance(error, CsvError):
        return str(error)
    return f"the file cannot be read: {error.strerror or error}"


def waiting(session: Session, copy: Copy, target: str) -> list[StoredFile]:
    """The stage's files that the COPY takes and `target` has not taken yet, by name."""
    bucket, taken = session.database.buckets[find_stage(session, copy.stage).bucket], loaded_names(session, target)
    return [bucket.stat(name) for name in bucket.names(copy.prefix) if name not in taken and matches(copy, name)]


def matches(copy: Copy, name: str) -> bool:
    """Whether a name lies in the stage and fits the pattern, as a whole."""
    return name.startswith(copy.prefix) and (not copy.pattern or re.fullmatch(copy.pattern, name) is not None)
