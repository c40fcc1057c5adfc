"""Standing still and going on: what a deploy has made or stopped is started, what somebody else has stopped is not."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from customertrack.warehouse import Connection, WarehouseError, tolerated
from lambdas.migrate import record
from lambdas.migrate.failures import Failures
from lambdas.migrate.pipe import Pipe, pipes
from lambdas.migrate.record import Record
from lambdas.migrate.tasks import resume, suspend, tasks
from lambdas.migrate.waiting import Waiting

# How long files wait for a pipe to look for them (docs.snowflake.com, "ALTER PIPE").
REFRESH_DAYS = 7


@dataclass(frozen=True)
class Remains:
    """What was not loaded when the pipes were stopped: so many files of that place. None: it could not be asked."""

    files: int | None
    url: str


def begin(connection: Connection, database: str) -> Record:
    """Note that a deploy is at it, before it stops anything; returns what is to be known from here to its end.

    The first deploy, and one after a first that failed, has nothing to note, and starts everything.
    """
    known = record.read(connection, database)
    if known is None:
        return Record()
    noted = record.begun(known, _stopped(connection, database, known.dimensions))
    if noted != known:
        record.write(connection, database, noted)
    return noted


def go_on(pipe: Pipe, held: frozenset[str], make: Callable[[], Sequence[str]]) -> bool:
    """Start a pipe that is not held, anew by `make` if nothing else does it; whether it was made anew."""
    made = pipe.dimension.pipe not in held and not pipe.resume()
    if made:
        pipe.make_anew(make())
    return made


def start_tasks(
    connection: Connection, database: str, names: Collection[str], held: frozenset[str], failures: Failures
) -> None:
    """Start the tasks that are not held of these dimensions, and those of none."""
    for task in tasks(connection, database):
        if not task.started and task.name not in held and task.dimension in (None, *names):
            with failures.of(task.dimension or task.name):
                resume(connection, database, task.name)


def leave(connection: Connection, database: str, deployed: Collection[str]) -> None:
    """Stop what there is of dimensions that are not deployed any more. Their data stays."""
    for pipe in pipes(connection, database):
        if pipe.dimension.name not in deployed and pipe.state() != "PAUSED":
            pipe.pause()
    for task in tasks(connection, database):
        if task.started and task.dimension not in (None, *deployed):
            suspend(connection, database, task.name)


def halt(connection: Connection, database: str) -> Record:
    """Stop all pipes and all tasks, having noted that it is a deploy that does. The data stays.

    What cannot be stopped keeps nothing else from it. Raises the first of the driver's errors.
    """
    noted = begin(connection, database)
    _stop(connection, database)
    return noted


def end(connection: Connection, database: str, root: str, waiting: Waiting, now: datetime) -> Remains:
    """Halt at the end of a stack, once the pipes have loaded what has landed or there is no more time to wait.

    Raises as `halt` does; what remains in the folder `root` of all dimensions is noted for the next deploy.
    """
    noted = begin(connection, database)
    remains = Remains(None, "")
    with tolerated():
        remains = Remains(_emptied(pipes(connection, database), waiting, noted.held), root)
    try:
        _stop(connection, database)
    finally:
        if record.read(connection, database) is not None:
            ended = replace(noted, stopped_at=now, landing_url=remains.url, left_behind=remains.files or 0)
            record.write(connection, database, ended)
    return remains


def _emptied(looked_at: Sequence[Pipe], waiting: Waiting, held: frozenset[str]) -> int:
    """Wait until no file is pending; returns how many are. Of a file that has only just landed a pipe may not have been
    told: it looks.
    """
    for pipe in looked_at:
        if pipe.dimension.pipe not in held:
            with tolerated():
                pipe.refresh()
    pending: dict[str, int] = {}
    for _ in waiting.tries():
        pending = {pipe.dimension.name: pipe.pending() for pipe in looked_at}
        if not any(pending[pipe.dimension.name] and pipe.state() == "RUNNING" for pipe in looked_at):
            break
    return sum(pending.values())


def _stop(connection: Connection, database: str) -> None:
    failed: Exception | None = None
    for find in (_pauses, _suspensions):
        try:
            steps = list(find(connection, database))
        except Exception as error:
            if not isinstance(error, WarehouseError):
                raise
            failed, steps = failed or error, []
        for step in steps:
            try:
                step()
            except Exception as error:
                if not isinstance(error, WarehouseError):
                    raise
                failed = failed or error
    if failed:
        raise failed


def _pauses(connection: Connection, database: str) -> Iterator[Callable[[], None]]:
    return (pipe.pause for pipe in pipes(connection, database))


def _suspensions(connection: Connection, database: str) -> Iterator[Callable[[], None]]:
    for task in tasks(connection, database):
        if task.started:
            yield lambda name=task.name: suspend(connection, database, name)


def _stopped(connection: Connection, database: str, dimensions: Collection[str]) -> frozenset[str]:
    """The names of what is stopped now of these dimensions, and not because it failed too often."""
    found = {
        task.name
        for task in tasks(connection, database)
        if not task.started and not task.by_itself and task.dimension in (None, *dimensions)
    }
    paused = {
        pipe.dimension.pipe
        for pipe in pipes(connection, database)
        if pipe.dimension.name in dimensions and pipe.state() == "PAUSED"
    }
    return frozenset(found | paused)
