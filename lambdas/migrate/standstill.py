"""Standing still and going on: what a deploy has made or stopped is started, what somebody else has stopped is not."""

from dataclasses import dataclass, replace
from datetime import datetime

from customertrack.warehouse import Connection, WarehouseError, tolerated
from lambdas.migrate import pipe, record
from lambdas.migrate.record import Record
from lambdas.migrate.tasks import resume, suspend, tasks
from lambdas.migrate.waiting import Waiting

# How long files wait for a pipe to look for them (docs.snowflake.com, "ALTER PIPE").
REFRESH_DAYS = 7


@dataclass(frozen=True)
class Remains:
    """What was not loaded when the pipe was stopped: so many files of that place. None: it could not be asked."""

    files: int | None
    url: str


def begin(connection: Connection, database: str) -> Record:
    """Note that a deploy is at it, before it stops anything; returns what is to be known from here to its end.

    The first deploy, and one after a first that failed, has nothing to note, and starts everything.
    """
    known = record.read(connection, database)
    if known is None:
        return Record()
    noted = record.begun(known, _stopped(connection, database))
    if noted != known:
        record.write(connection, database, noted)
    return noted


def go_on(connection: Connection, database: str, held: frozenset[str], make: list[str]) -> bool:
    """Start what is not held: the pipe, anew by `make` if nothing else does it, and the tasks.

    Returns whether the pipe was made anew.
    """
    made = pipe.PIPE not in held and not pipe.resume(connection, database)
    if made:
        pipe.make_anew(connection, database, make)
    for task in tasks(connection, database):
        if not task.started and task.name not in held:
            resume(connection, database, task.name)
    return made


def halt(connection: Connection, database: str) -> Record:
    """Stop the pipe and all tasks, having noted that it is a deploy that does. The data stays.

    What cannot be stopped keeps nothing else from it. Raises the first of the driver's errors.
    """
    noted = begin(connection, database)
    _stop(connection, database)
    return noted


def end(connection: Connection, database: str, waiting: Waiting, now: datetime) -> Remains:
    """Halt at the end of a stack, once the pipe has loaded what has landed or there is no more time to wait.

    Raises as `halt` does; what remains is noted for the next deploy.
    """
    noted = begin(connection, database)
    remains = Remains(None, "")
    with tolerated():
        remains = _emptied(connection, database, waiting, held=pipe.PIPE in noted.held)
    try:
        _stop(connection, database)
    finally:
        if record.read(connection, database) is not None:
            ended = replace(noted, stopped_at=now, landing_url=remains.url, left_behind=remains.files or 0)
            record.write(connection, database, ended)
    return remains


def _emptied(connection: Connection, database: str, waiting: Waiting, *, held: bool) -> Remains:
    """Wait until no file is pending. Of a file that has only just landed the pipe may not have been told: it looks."""
    url = pipe.stage_url(connection, database) or ""
    if not held:
        with tolerated():
            pipe.refresh(connection, database)
    pending = 0
    for _ in waiting.tries():
        pending = pipe.pending(connection, database)
        if not pending or pipe.state(connection, database) != "RUNNING":
            break
    return Remains(pending, url)


def _stop(connection: Connection, database: str) -> None:
    failed: Exception | None = None
    steps = [lambda: pipe.pause(connection, database)]
    try:
        names = [task.name for task in tasks(connection, database) if task.started]
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        failed, names = error, []
    steps += [lambda name=name: suspend(connection, database, name) for name in names]
    for step in steps:
        try:
            step()
        except Exception as error:
            if not isinstance(error, WarehouseError):
                raise
            failed = failed or error
    if failed:
        raise failed


def _stopped(connection: Connection, database: str) -> frozenset[str]:
    """The names of what is stopped now, and not because it failed too often."""
    found = {task.name for task in tasks(connection, database) if not task.started and not task.by_itself}
    if pipe.exists(connection, database) and pipe.state(connection, database) == "PAUSED":
        found.add(pipe.PIPE)
    return frozenset(found)
