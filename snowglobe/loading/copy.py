"""COPY INTO table FROM @stage: each file whole or not at all, in one transaction with the note that it was loaded."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal, NamedTuple

from snowglobe.catalog import Stage
from snowglobe.errors import OperationalError, ProgrammingError
from snowglobe.loading.copy_statement import Copy, parse_copy
from snowglobe.loading.formats import open_rows
from snowglobe.loading.into_table import CountError, Readable, insert
from snowglobe.loading.rows import FileError, Oddities, Rows, UnreadableError
from snowglobe.results import Result, ResultColumn
from snowglobe.session import Session
from snowglobe.storage.bucket import Bucket, StoredFile

# What shares a transaction: enough that commits do not count, little enough that progress shows.
FILES_AT_ONCE = 100
_BYTES_AT_ONCE = 64 * 1024 * 1024
# Of so many bytes, in one file or in several, the rows are written by all threads while they are read.
_LARGE = 16 * 1024 * 1024

_RESULT = (("file", 2), ("status", 2), ("rows_loaded", 0), ("first_error", 2))


@dataclass(frozen=True)
class FileLoad:
    """What became of one file.

    `status`: LOADED; LOAD_FAILED, it is wrong and will not be tried again; NOT_READ, the system did not let it be read,
    and it is tried again. `rows`: those loaded. `error`: why it was left out. `header`: the names in a loaded file's
    first line. `oddities`: what else was seen in it.
    """

    name: str
    status: Literal["LOADED", "LOAD_FAILED", "NOT_READ"]
    rows: int = 0
    error: str | None = None
    header: tuple[str, ...] = ()
    oddities: Oddities = field(default_factory=Oddities)


class _Note(NamedTuple):
    """What is kept of a file that was loaded, or that could not be."""

    file: StoredFile
    load: FileLoad
    scanned_at: datetime
    etag: str | None

    def values(self) -> tuple[object, ...]:
        """As in embedded.load, behind who took it."""
        file, load = self.file, self.load
        taken = (file.name, file.size, file.modified_at)
        return (*taken, load.status, load.rows, load.error, self.scanned_at, self.etag, file.version)


class _ChangedError(Exception):
    """The file is not the one any more that was about to be read: nobody knows what of it was."""


def copy_now(session: Session, sql: str) -> Result:
    """COPY INTO as a statement of its own: loads what the table has not taken from the stage yet."""
    copy = parse_copy(session, sql)
    target = f"table {copy.table}"
    loads = list(load_files(session, copy, target, waiting(session, copy, target)))
    columns = [ResultColumn(name, code) for name, code in _RESULT]
    rows = [(load.name, load.status, load.rows, load.error) for load in loads]
    return Result(columns, rows, rowcount=sum(load.rows for load in loads))


def load_files(
    session: Session, copy: Copy, target: str, names: Iterable[str], most: int = FILES_AT_ONCE
) -> Iterator[FileLoad]:
    """Load those of the named files that are there and that `target` has not taken; yield each when it is committed.

    Up to `most` small files share a transaction, as Snowpipe may combine files too: a commit costs more than a small
    file. So do as many large ones as there are threads to read them. Each is loaded whole or not at all. Raises
    OperationalError if the disk is full.
    """
    bucket = session.database.buckets.reached_by(session.find(Stage, copy.stage))
    group: list[StoredFile] = []
    for name in dict.fromkeys(names):
        if name in loaded_names(session, target):
            continue
        try:
            file = bucket.stat(name)
        except FileNotFoundError:
            continue
        except OSError as error:
            yield FileLoad(name, "NOT_READ", error=f"the file cannot be read: {error.strerror}")
            continue
        if group and not _joins(file, group, most, session.database.threads.most):
            yield from _load_group(session, copy, target, bucket, group)
            group = []
        group.append(file)
    if group:
        yield from _load_group(session, copy, target, bucket, group)


def _joins(file: StoredFile, group: list[StoredFile], most: int, threads: int) -> bool:
    if _are_large(file) or _are_large(group[0]):
        return _are_large(file) and _are_large(group[0]) and len(group) < min(most, threads)
    return len(group) < most and sum(each.size for each in group) + file.size <= _BYTES_AT_ONCE


def _are_large(*files: StoredFile) -> bool:
    return sum(file.size for file in files) > _LARGE


def _load_group(session: Session, copy: Copy, target: str, bucket: Bucket, files: list[StoredFile]) -> list[FileLoad]:
    """The files in one transaction; if a row makes it impossible, each in one of its own."""
    notes: list[_Note] = []
    try:
        with session.atomic():
            packs = [files] if _are_large(*files) else [[file] for file in files]
            loads = [load for pack in packs for load in _load_files(session, copy, bucket, pack, notes)]
            _keep(session, copy, target, notes)
    except (ProgrammingError, _ChangedError) as error:
        if len(files) > 1:
            return [load for file in files for load in _load_group(session, copy, target, bucket, [file])]
        if isinstance(error, _ChangedError):
            return [FileLoad(files[0].name, "NOT_READ", error="it changed while it was read")]
        loads = [FileLoad(files[0].name, "LOAD_FAILED", error=error.msg)]
        with session.atomic():
            _keep(session, copy, target, [_Note(files[0], loads[0], session.clock(), _etag(bucket, files[0]))])
    loaded_names(session, target).update(load.name for load in loads if load.status != "NOT_READ")
    return loads


def _load_files(
    session: Session, copy: Copy, bucket: Bucket, files: Sequence[StoredFile], notes: list[_Note]
) -> list[FileLoad]:
    """Load files in the open transaction, at once, and add to `notes` what is to be kept of each.

    A file that cannot be read is noted as failed, with none of its rows. Raises ProgrammingError if a row is not
    one that the table takes, _ChangedError if a file changed meanwhile, OperationalError if the disk is full.
    """
    loads: dict[str, FileLoad] = {}
    readable: list[Readable] = []
    with ExitStack() as stack:
        etags = stack.enter_context(_etags(bucket, files))
        begun = {file.name: session.clock() for file in files}
        for file in files:
            try:
                rows = stack.enter_context(_open(session, copy, bucket, file))
                readable.append(Readable(file, begun[file.name], rows))
            except UnreadableError as error:
                loads[file.name] = FileLoad(file.name, "NOT_READ", error=error.reason)
            except FileError as error:
                loads[file.name] = FileLoad(file.name, "LOAD_FAILED", error=error.reason)
        try:
            counts = insert(session, copy, readable) if readable else []
        except CountError as error:
            raise _ChangedError from error
    for one, count in zip(readable, counts, strict=True):
        name, rows = one.file.name, one.rows
        loads[name] = FileLoad(name, "LOADED", count, header=rows.header, oddities=rows.oddities)
    for file in files:
        if loads[file.name].status != "NOT_READ":
            note = _Note(file, loads[file.name], begun[file.name], etags[file.name]())
            if not _is_still(bucket, file):
                raise _ChangedError
            notes.append(note)
    return [loads[file.name] for file in files]


@contextmanager
def _open(session: Session, copy: Copy, bucket: Bucket, file: StoredFile) -> Iterator[Rows]:
    """The rows of a file, readable until the context ends."""
    try:
        path, scratch = bucket.fetch(file.name), session.database.scratch
        opened = open_rows(copy.options, path, scratch, session.otherwise)
        with opened as rows:
            yield rows
    except OSError as error:
        # Of a scratch file: the landed one has been opened, and what is wrong with it is a FileError.
        raise OperationalError(f"No scratch file can be written: {error.strerror or error}", 604, "57014") from error


@contextmanager
def _etags(bucket: Bucket, files: Sequence[StoredFile]) -> Iterator[dict[str, Callable[[], str | None]]]:
    """What tells the content of each: of large ones a thread of its own works that out, while they are looked at."""
    if not _are_large(*files):
        yield {file.name: partial(_etag, bucket, file) for file in files}
        return
    with ThreadPoolExecutor(1) as beside:
        yield {file.name: beside.submit(_etag, bucket, file).result for file in files}


def _etag(bucket: Bucket, file: StoredFile) -> str | None:
    """None if it cannot be read, which is told when it is opened."""
    try:
        return bucket.etag(file.name)
    except OSError:
        return None


def _is_still(bucket: Bucket, file: StoredFile) -> bool:
    try:
        return bucket.stat(file.name).version == file.version
    except OSError:
        return False


def loaded_names(session: Session, target: str) -> set[str]:
    """The names that `target`, a pipe or a table, has taken before."""
    known = session.database.loaded_names
    if target not in known:
        rows = session.rows("SELECT file_name FROM embedded.load WHERE target = ?", [target])
        known[target] = {name for (name,) in rows}
    return known[target]


def _keep(session: Session, copy: Copy, target: str, notes: Sequence[_Note]) -> None:
    """Keep, in the open transaction, what `target` has taken: of all files at once, or it would cost as their rows."""
    if notes:
        places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(notes))
        values = [value for note in notes for value in (target, copy.table, *note.values())]
        session.run(f"INSERT INTO embedded.load VALUES {places}", values)


def waiting(session: Session, copy: Copy, target: str) -> list[str]:
    """The names of the stage's files that the COPY takes and `target` has not taken yet, in order."""
    bucket = session.database.buckets.reached_by(session.find(Stage, copy.stage))
    taken = loaded_names(session, target)
    return [name for name in bucket.names(copy.prefix) if name not in taken and matches(copy, name)]


def matches(copy: Copy, name: str) -> bool:
    """Whether a name lies in the stage and fits the pattern."""
    fits = re.search if copy.pattern_anywhere else re.fullmatch
    return name.startswith(copy.prefix) and (not copy.pattern or fits(copy.pattern, name) is not None)
