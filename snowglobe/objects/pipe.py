"""Pipes: CREATE PIPE, ALTER PIPE, and what Snowpipe does when files are announced.

A name is loaded once, whatever its content is later.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from snowglobe.account.integration import NotificationIntegration
from snowglobe.catalog import Pipe, Stage
from snowglobe.errors import NotSupportedError, ProgrammingError, already_exists, does_not_exist
from snowglobe.loading.copy import (
    FILES_AT_ONCE,
    Copy,
    FileLoad,
    load_files,
    loaded_names,
    matches,
    parse_copy,
    waiting,
)
from snowglobe.loading.metadata import LoadMetadata, load_metadata
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.results import Result, ResultColumn, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head

_OPTIONS: dict[str, Any] = {"AUTO_INGEST": True, "ERROR_INTEGRATION": "", "AWS_SNS_TOPIC": "", "COMMENT": ""}
_PAUSE: dict[str, Any] = {"PIPE_EXECUTION_PAUSED": True}
# A pipe that was paused for longer is stale, and goes on only by SYSTEM$PIPE_FORCE_RESUME, which is not known here.
_LONGEST_PAUSE = timedelta(days=14)


def create_pipe(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE PIPE [IF NOT EXISTS] name options AS COPY INTO ..."""
    name = session.qualify(tokens.name())
    options = tokens.options(_OPTIONS)
    tokens.expect("AS")
    copy = tokens.rest()
    with session.names_of(name):
        parsed = parse_copy(session, copy, tokens.sql)
    if options.get("AUTO_INGEST") is not True:
        raise NotSupportedError(
            f"The embedded warehouse has pipes with AUTO_INGEST = TRUE alone: {head(tokens.sql)}", 2, "0A000"
        )
    if session.catalog.get(Pipe, name):
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    _check_reached(session, session.find(Stage, parsed.stage), str(options.get("ERROR_INTEGRATION", "")))
    with session.ddl():
        session.catalog.put(session.duck, Pipe(name, copy, options, stage=parsed.stage, table=parsed.table))
    return status(f"Pipe {name.upper()} successfully created.")


def alter_pipe(session: Session, tokens: Tokens) -> Result:
    """ALTER PIPE [IF EXISTS] name REFRESH | SET PIPE_EXECUTION_PAUSED = TRUE | FALSE."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = session.qualify(tokens.name())
    if if_exists and session.catalog.get(Pipe, name) is None:
        return status(f"{name.upper()} does not exist, statement succeeded.")
    pipe = session.find(Pipe, name)
    if tokens.accept("REFRESH"):
        tokens.end()
        loads = list(refresh(session, name))
        return Result(
            [ResultColumn("File", 2), ResultColumn("Status", 2)], [(load.name, load.status) for load in loads]
        )
    tokens.expect("SET")
    options = tokens.options(_PAUSE)
    tokens.end()
    if not options:
        raise tokens.unexpected("expected PIPE_EXECUTION_PAUSED = TRUE | FALSE")
    with session.ddl():
        session.catalog.put(session.duck, _set_paused(pipe, options["PIPE_EXECUTION_PAUSED"], session.clock()))
    return status("Statement executed successfully.")


def _set_paused(pipe: Pipe, paused: bool, now: datetime) -> Pipe:
    """One that is stale stays paused, and Snowflake says nothing (docs.snowflake.com, "Manage Snowpipe")."""
    if paused:
        return pipe if pipe.paused else replace(pipe, paused=True, paused_at=now.isoformat())
    if pipe.paused_at and now - datetime.fromisoformat(pipe.paused_at) > _LONGEST_PAUSE:
        return pipe
    return replace(pipe, paused=False, paused_at="")


def state(session: Session, pipe: Pipe) -> str:
    """Its execution state, but for what shows only when its stage is asked for."""
    if pipe.stopped:
        return pipe.stopped
    if pipe.table and not session.table_columns(pipe.table):
        return "STOPPED_MISSING_TABLE"
    return "PAUSED" if pipe.paused else "RUNNING"


def refresh(session: Session, name: str, most: int = FILES_AT_ONCE) -> Iterator[FileLoad]:
    """ALTER PIPE ... REFRESH: load what lies in the pipe's stage and was not taken before, by name.

    Yields each file when it is committed; up to `most` small ones are committed together.
    """
    pipe = session.find(Pipe, session.qualify(name))
    if state(session, pipe) == "RUNNING":
        copy = copy_of(session, pipe)
        yield from load_files(session, copy, pipe.name, _waiting(session, copy, pipe), most)


def announce(session: Session, name: str, files: Sequence[str], most: int = FILES_AT_ONCE) -> Iterator[FileLoad]:
    """Load the named files as if S3 had announced them. Yields as `refresh` does.

    Names outside the pipe's stage or pattern are not for it.
    """
    pipe = session.find(Pipe, session.qualify(name))
    if files and state(session, pipe) == "RUNNING":
        copy = copy_of(session, pipe)
        yield from load_files(session, copy, pipe.name, [file for file in files if matches(copy, file)], most)


def pending(session: Session, name: str) -> list[str]:
    """The names of the files of the pipe's stage that it has not taken yet; one that is stopped waits for none."""
    pipe = session.find(Pipe, session.qualify(name))
    if state(session, pipe).startswith("STOPPED"):
        return []
    return _waiting(session, copy_of(session, pipe), pipe)


def names_taken(session: Session, name: str) -> frozenset[str]:
    """The names that the pipe has loaded or tried to."""
    return frozenset(loaded_names(session, session.find(Pipe, session.qualify(name)).name))


def metadata_of(session: Session, name: str, files: Sequence[str] | None = None) -> list[LoadMetadata]:
    """What is kept of the files, or of `files` alone, that the pipe has loaded or tried to, by name."""
    return load_metadata(session, session.find(Pipe, session.qualify(name)).name, files)


def copy_of(session: Session, pipe: Pipe) -> Copy:
    """What a pipe copies. Its names are those of the pipe's own schema, whatever the session's is."""
    with session.names_of(pipe.name):
        return parse_copy(session, pipe.copy)


def _check_reached(session: Session, stage: Stage, errors: str) -> None:
    """As in Snowflake, no pipe is made on a stage that cannot be reached, or with an integration that is not there.

    On a folder of this machine an integration may be only named.
    """
    buckets = session.database.buckets
    buckets.reached_by(stage)
    if (
        errors
        and not buckets.is_folder(stage.bucket)
        and not session.catalog.get(NotificationIntegration, errors.lower())
    ):
        raise does_not_exist("INTEGRATION", errors)


def _waiting(session: Session, copy: Copy, pipe: Pipe) -> list[str]:
    try:
        return waiting(session, copy, pipe.name)
    except OSError as error:
        message = f"Failure using stage area. Cause: [{error.strerror or error}]"
        raise ProgrammingError(message, 91003, "22000") from error


def _forget_loads(session: Session, pipe: Pipe) -> None:
    """A pipe's load history goes with it, as in Snowflake: made again, it loads again. That of the table stays."""
    session.run("UPDATE embedded.load SET target = 'dropped ' || target WHERE target = ?", [pipe.name])
    session.database.loaded_names.pop(pipe.name, None)


PIPE = ObjectKind(Pipe.words, create_pipe, alter_pipe, drop=partial(drop_entry, kind=Pipe, also=_forget_loads))
