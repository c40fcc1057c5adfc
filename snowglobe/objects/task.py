"""Tasks: CREATE TASK, ALTER TASK, EXECUTE TASK, and a run as the schedule or the streams of WHEN would start it.

A task is created suspended, its runs do not overlap, and it is suspended again after failures in a row.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Literal

from snowglobe import executed
from snowglobe.catalog import Entry
from snowglobe.errors import DatabaseError, ProgrammingError, already_exists
from snowglobe.objects import session_parameters, show, stream, task_options
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens


@dataclass(frozen=True)
class Task(Entry):
    """CREATE TASK: created suspended. `failures` counts failed runs in a row; `suspended`: why it was, or ""."""

    words = "TASK"
    body: str
    condition: str
    options: dict[str, Any]
    started: bool = False
    failures: int = 0
    suspended: str = ""


@dataclass(frozen=True)
class TaskRun:
    """One run: `state` is SUCCEEDED, FAILED, or SKIPPED (suspended, or its condition did not hold).

    `return_value`: what the statement returned. As in Snowflake the history does not have it: there it is NULL unless
    the task calls SYSTEM$SET_RETURN_VALUE.
    """

    name: str
    state: Literal["SUCCEEDED", "FAILED", "SKIPPED"]
    started_at: datetime
    return_value: str | None = None
    error: DatabaseError | None = None


def create_task(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER] TASK [IF NOT EXISTS] name options [WHEN condition] AS statement."""
    name = session.qualify(tokens.name())
    options = tokens.options(
        task_options.OPTIONS | dict.fromkeys(session_parameters.NAMES), with_commas=session_parameters.NAMES
    )
    for parameter in options.keys() & session_parameters.NAMES:
        session_parameters.check(parameter, options[parameter], tokens.sql)
    condition = tokens.until("AS") if tokens.accept("WHEN") else ""
    if not condition:
        tokens.expect("AS")
    body = tokens.rest()
    if not body:
        raise tokens.unexpected("expected a statement")
    task_options.check(options, condition, tokens.sql)
    existing = session.catalog.get(Task, name)
    if existing and clauses.if_not_exists:
        return status(f"{name.upper()} already exists, statement succeeded.")
    if existing and not clauses.or_alter:
        raise already_exists(name)
    if existing and existing.started:
        raise ProgrammingError(f"Unable to update task {name.upper()}: suspend it first.", 91089, "55000")
    with session.ddl():
        known = existing.suspended if existing else ""
        session.catalog.put(session.duck, Task(name, body, condition, options, suspended=known))
    return status(f"Task {name.upper()} successfully created.")


def alter_task(session: Session, tokens: Tokens) -> Result:
    """ALTER TASK [IF EXISTS] name RESUME | SUSPEND."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = session.qualify(tokens.name())
    started = tokens.accept("RESUME")
    if not started:
        tokens.expect("SUSPEND")
    tokens.end()
    task = session.catalog.get(Task, name)
    if task is None and if_exists:
        return status(f"{name.upper()} does not exist, statement succeeded.")
    task = session.find(Task, name)
    if started and not task_options.runs_by_itself(task.options, task.condition):
        message = f"Task {name.upper()} cannot be resumed: it has neither a SCHEDULE nor a stream in its WHEN"
        raise ProgrammingError(message, 91081, "55000")
    suspended = "USER_SUSPENDED" if task.started and not started else task.suspended
    _put(session, replace(task, started=started, failures=0, suspended=suspended))
    return status("Statement executed successfully.")


def execute_task(session: Session, tokens: Tokens) -> Result:
    """EXECUTE TASK name: run it now, suspended or not, whatever its condition.

    A failure is the run's, not the statement's, as in Snowflake.
    """
    name = tokens.name()
    tokens.end()
    _run(session, session.find(Task, session.qualify(name)))
    return status(f"Task {name.upper()} is scheduled to run immediately.")


def run_scheduled(session: Session, name: str) -> TaskRun:
    """What its schedule or its streams would do now: a run, or nothing if it is suspended or its WHEN does not hold."""
    task = session.find(Task, session.qualify(name))
    if not task.started or (task.condition and not _holds(session, task.condition)):
        return TaskRun(task.name, "SKIPPED", session.clock())
    return _run(session, task)


def _holds(session: Session, condition: str) -> bool:
    """Whether a WHEN holds. One that only joins streams by OR needs no SQL; all are asked, which keeps them fresh."""
    streams = task_options.any_of_streams(condition)
    if not streams:
        return bool(session.execute(f"SELECT {condition}").all_rows()[0][0])
    found = [stream.has_data(session, name) for name in streams]
    return any(found)


def _run(session: Session, task: Task) -> TaskRun:
    run = TaskRun(task.name, "SUCCEEDED", session.clock())
    with session.task_run() as statements:
        try:
            with session.timed(task.body):
                rows = session.execute(task.body).all_rows()
            run = replace(run, return_value=str(rows[0][0]) if rows else None)
        except DatabaseError as error:
            session.rollback()
            run = replace(run, state="FAILED", error=error)
    failures = task.failures + 1 if run.error else 0
    if failures != task.failures:
        limit = int(task.options.get("SUSPEND_TASK_AFTER_NUM_FAILURES", 10))
        changed = replace(task, failures=failures)
        if task.started and 0 < limit <= failures:
            changed = replace(changed, started=False, suspended="SUSPENDED_DUE_TO_ERRORS")
        _put(session, changed)
    error_message = str(run.error) if run.error else None
    noted = executed.noted(statements, run.started_at)
    values = [task.name, run.started_at, session.clock(), run.state, None, error_message, noted]
    session.database.later.add("INSERT INTO embedded.task_run VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    if run.error:
        session.database.settle()
    return run


def _put(session: Session, task: Task) -> None:
    with session.ddl():
        session.catalog.put(session.duck, task)


def _shown(session: Session, task: Task) -> show.Shown:
    """As SHOW TASKS has them, but for owners, ids and times, which nothing here notes."""
    schema, name = task.name.upper().split(".")
    return {
        "name": name,
        "database_name": session.database.name.upper(),
        "schema_name": schema,
        "comment": str(task.options.get("COMMENT", "")),
        "warehouse": task.options.get("WAREHOUSE"),
        "schedule": task.options.get("SCHEDULE"),
        "state": "started" if task.started else "suspended",
        "definition": task.body,
        "condition": task.condition or None,
        "last_suspended_reason": task.suspended or None,
    }


TASK = ObjectKind(
    Task.words,
    create_task,
    alter_task,
    drop=partial(drop_entry, kind=Task),
    describe=partial(show.describe, kind=Task, shown=_shown),
    show=partial(show.show, kind=Task, shown=_shown),
    or_alter=True,
)
