"""The rows of landed files into a table: which column gets what, and several files by one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from snowglobe.loading.copy_statement import Copy
from snowglobe.loading.formats import header_rows
from snowglobe.loading.rows import Rows
from snowglobe.names import quoted, quoted_name
from snowglobe.open_questions import OpenQuestion
from snowglobe.session import Session
from snowglobe.storage.bucket import StoredFile


@dataclass(frozen=True)
class Readable:
    """A file whose rows can be read now."""

    file: StoredFile
    scanned_at: datetime
    rows: Rows


class CountError(Exception):
    """Files had other rows than were counted before."""


def insert(session: Session, copy: Copy, files: Sequence[Readable]) -> list[int]:
    """Insert the rows of the files, and say how many each had.

    One file is read by one thread, so files that are alike, or the parts of a large one, are read by one statement,
    which all threads share. Raises ProgrammingError if a row is not one that the table takes, CountError, and OSError
    if a scratch file cannot be written.
    """
    if len(files) == 1:
        return [_insert_one(session, copy, files[0])]
    counts = [each.rows.count for each in files if each.rows.count is not None]
    if len(counts) < len(files) or len({each.rows.header for each in files}) > 1:
        return [_insert_one(session, copy, each) for each in files]
    _insert_at_once(session, copy, files, sum(counts))
    return counts


def _insert_one(session: Session, copy: Copy, file: Readable) -> int:
    """One file, in parts if that is a gain."""
    threads = session.database.threads.most
    if file.rows.in_parts is None or threads == 1:
        session.database.threads.fit((), size=file.file.size)
        return _insert(session, copy, [file])
    with file.rows.in_parts(threads) as parts:
        count = sum(part.count or 0 for part in parts)
        _insert_at_once(session, copy, [replace(file, rows=part) for part in parts], count)
    return count


def _insert_at_once(session: Session, copy: Copy, files: Sequence[Readable], count: int) -> None:
    """Several large ones, each in the order of its rows, but not one after the other."""
    session.database.threads.fit_bulk()
    with session.database.unordered():
        if _insert(session, copy, files) != count:
            raise CountError


def _insert(session: Session, copy: Copy, files: Sequence[Readable]) -> int:
    columns = _columns(session, copy, files[0].rows)
    names = ", ".join(map(quoted, columns))
    queries = " UNION ALL ".join(_query(session, copy, columns, each.rows) for each in files)
    binds = [bind for each in files for bind in _binds(copy, columns, each)]
    statement = f"INSERT INTO {quoted_name(copy.table)} ({names}) {queries}"
    count = int(session.run(statement, binds).fetchall()[0][0])
    session.database.threads.wrote(count)
    return count


def _query(session: Session, copy: Copy, columns: dict[str, str], rows: Rows) -> str:
    first = 1 + (header_rows(copy.options) if OpenQuestion.HEADER_ROW_NUMBER in session.otherwise else 0)
    values = [
        _metadata(copy.metadata[column], first) if column in copy.metadata else columns[column] for column in columns
    ]
    return f"SELECT {', '.join(values)} FROM {rows.table}"


def _binds(copy: Copy, columns: dict[str, str], readable: Readable) -> list[Any]:
    bound = {
        "METADATA$FILENAME": readable.file.name,
        "METADATA$FILE_LAST_MODIFIED": readable.file.modified_at,
        "METADATA$START_SCAN_TIME": readable.scanned_at,
    }
    of_file = [bound[copy.metadata[column]] for column in columns if copy.metadata.get(column) in bound]
    return [*of_file, *readable.rows.params]


def _columns(session: Session, copy: Copy, rows: Rows) -> dict[str, str]:
    """The columns of the table that get a value, each with that of the rows; '' if it is of the file as a whole."""
    if copy.positions is not None:
        width = len(rows.header)
        places = {column: f"c{at - 1}" if at <= width else "NULL" for column, at in copy.positions.items()}
        return places | dict.fromkeys(copy.metadata, "")
    places = {name.lower(): f"c{at}" for at, name in enumerate(rows.header)}
    columns = {}
    for column in session.table_columns(copy.table):
        name = column.lower()
        if name in copy.metadata:
            columns[name] = ""
        elif name in places:
            # As the table has it: DuckDB finds a name in any case only as far as its letters are ASCII.
            columns[column] = places[name]
    return columns


def _metadata(name: str, first: int) -> str:
    """A METADATA$ column as DuckDB's SQL, its value a bind. The time of the scan is an instant, kept as UTC.

    `first`: the number of the first row.
    """
    return {
        "METADATA$FILE_ROW_NUMBER": f"row_number + {first - 1}" if first > 1 else "row_number",
        "METADATA$START_SCAN_TIME": "CAST(? AS TIMESTAMP) AT TIME ZONE 'UTC'",
    }.get(name, "?")
