"""What tells of pipes, streams, tasks and integrations: SYSTEM$... functions, and what INFORMATION_SCHEMA has."""

import json
from collections.abc import Callable
from functools import lru_cache, partial

from sqlglot import exp

from snowglobe.account import privileges, trust
from snowglobe.catalog import Pipe
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.information import inferred, views
from snowglobe.names import literal
from snowglobe.objects.pipe import pending, state
from snowglobe.objects.stream import has_data
from snowglobe.query import builtins, grammar
from snowglobe.session import Session
from snowglobe.tokens import head

_LAST_LOADED = """
SELECT file_name, loaded_at FROM embedded.load WHERE target = ? ORDER BY loaded_at DESC, file_name DESC LIMIT 1
"""
_COPY_HISTORY = """
SELECT
    file_name AS "FILE_NAME",
    loaded_at AT TIME ZONE 'UTC' AS "LAST_LOAD_TIME",
    row_count AS "ROW_COUNT",
    file_size AS "FILE_SIZE",
    first_error AS "FIRST_ERROR_MESSAGE",
    CASE status WHEN 'LOADED' THEN 'Loaded' ELSE 'Load failed' END AS "STATUS",
    upper(split_part(table_name, '.', 2)) AS "TABLE_NAME",
    CASE WHEN target NOT LIKE 'table %' THEN upper(split_part(target, '.', 2)) END AS "PIPE_NAME"
FROM embedded.load
"""
# A run of a task is a session of its own, and the statement of the task is the last that ends.
_TASK_HISTORY = """
SELECT
    upper(split_part(name, '.', 2)) AS "NAME",
    format('{}-{}', rowid, coalesce(json_array_length(statements, 'type'), 0)) AS "QUERY_ID",
    state AS "STATE",
    return_value AS "RETURN_VALUE",
    error_message AS "ERROR_MESSAGE",
    started_at AT TIME ZONE 'UTC' AS "QUERY_START_TIME",
    completed_at AT TIME ZONE 'UTC' AS "COMPLETED_TIME"
FROM embedded.task_run
"""
# As Snowflake's, of seven days: an old file is asked no more than a new one.
_QUERY_HISTORY = """
SELECT
    format('{}-{}', session, number) AS "QUERY_ID",
    session AS "SESSION_ID",
    query_type AS "QUERY_TYPE",
    start_time AT TIME ZONE 'UTC' AS "START_TIME",
    (start_time + to_milliseconds(took)) AT TIME ZONE 'UTC' AS "END_TIME",
    took AS "TOTAL_ELAPSED_TIME"
FROM (
    SELECT
        session,
        generate_subscripts(lists.type, 1) AS number,
        unnest(lists.type) AS query_type,
        started_at + to_milliseconds(unnest(lists.after)) AS start_time,
        unnest(lists.took) AS took
    FROM (
        SELECT
            rowid AS session,
            started_at,
            from_json(statements, '{"type": ["VARCHAR"], "after": ["BIGINT"], "took": ["BIGINT"]}') AS lists
        FROM embedded.task_run
        WHERE started_at >= $now - INTERVAL 7 DAY
    ) AS run
) AS statement
"""
# The table function, its rows, the column that each argument restricts, and how.
_TABLE_FUNCTIONS = {
    "COPY_HISTORY": (
        _COPY_HISTORY,
        {"TABLE_NAME": ("TABLE_NAME", exp.EQ), "START_TIME": ("LAST_LOAD_TIME", exp.GTE)},
    ),
    "QUERY_HISTORY": (_QUERY_HISTORY, {"END_TIME_RANGE_START": ("END_TIME", exp.GTE)}),
    "TASK_HISTORY": (
        _TASK_HISTORY,
        {"TASK_NAME": ("NAME", exp.EQ), "SCHEDULED_TIME_RANGE_START": ("QUERY_START_TIME", exp.GTE)},
    ),
}


def _errors_only(query: exp.Select, value: exp.Expr) -> exp.Select:
    return query.where("\"STATE\" = 'FAILED'", dialect="duckdb") if value.this else query


def _newest(query: exp.Select, value: exp.Expr, time: str) -> exp.Select:
    return query.order_by(f"{time} DESC", dialect="duckdb").limit(value)


# The arguments that restrict no column, by table function.
_ARGUMENTS: dict[str, dict[str, Callable[[exp.Select, exp.Expr], exp.Select]]] = {
    "QUERY_HISTORY": {"RESULT_LIMIT": partial(_newest, time='"START_TIME"')},
    "TASK_HISTORY": {"ERROR_ONLY": _errors_only, "RESULT_LIMIT": partial(_newest, time='"QUERY_START_TIME"')},
}


def expand(session: Session, tree: exp.Expr, sql: str) -> exp.Expr:
    """Put what they stand for in their places."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() in builtins.SYSTEM:
            return _system_function(session, node, sql)
        if grammar.is_history_call(node):
            return _table_function(session, node, sql)
        if inferred.is_infer_schema(node):
            return inferred.inferred(session, node, sql)
        if isinstance(node, exp.Table) and views.is_view(session, node):
            return views.view(session, node)
        return node

    return tree.transform(change, copy=False)


def pipe_status(session: Session, name: str) -> str:
    """SYSTEM$PIPE_STATUS: JSON with the execution state, the files not taken yet, and the last one taken.

    A pipe whose stage cannot be reached says why: "error" is what came of its last compilation.
    """
    pipe = session.find(Pipe, session.qualify(name))
    privileges.require(session, "MONITOR", "PIPE", pipe.name)
    found: dict[str, object] = {"executionState": state(session, pipe), "pendingFileCount": 0}
    try:
        names = pending(session, pipe.name)
    except ProgrammingError as error:
        found["error"] = error.msg
        if found["executionState"] == "RUNNING":
            found["executionState"] = "STALLED_STAGE_PERMISSION_ERROR"
    else:
        found["pendingFileCount"] = len(names)
        # In Snowflake too, only of a pipe that has some.
        found |= {"oldestPendingFilePath": names[0]} if names else {}
    for file_name, loaded_at in session.rows(_LAST_LOADED, [pipe.name]):
        found["lastIngestedFilePath"] = file_name
        found["lastIngestedTimestamp"] = loaded_at.isoformat(timespec="milliseconds") + "Z"
    return json.dumps(found)


# What gives a text, with the number of its arguments, all of them texts.
_TEXTS: dict[str, tuple[Callable[..., str], int]] = {
    "SYSTEM$PIPE_STATUS": (pipe_status, 1),
    "SYSTEM$GET_AWS_SNS_IAM_POLICY": (trust.sns_policy, 1),
    "SYSTEM$VALIDATE_STORAGE_INTEGRATION": (trust.validate_storage, 4),
}


def _system_function(session: Session, node: exp.Anonymous, sql: str) -> exp.Expr:
    name, arguments = node.name.upper(), node.expressions
    tell, count = _TEXTS.get(name, (None, 1))
    if len(arguments) != count or not all(argument.is_string for argument in arguments):
        wanted = "one name as the argument" if count == 1 else f"{count} strings as the arguments"
        message = f"The embedded warehouse wants {wanted} of {name} in: {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    if tell is None:
        return exp.Boolean(this=has_data(session, arguments[0].name))
    try:
        return exp.Literal.string(tell(session, *(argument.name for argument in arguments)))
    except NotSupportedError as error:
        raise NotSupportedError(f"{error.msg}, in: {head(sql)}", error.errno, error.sqlstate) from error


def _visible(session: Session, function: str) -> str:
    """The condition on the rows that the session's role is shown. Whoever lacks the privilege gets no error, but none.

    Of a task: MONITOR; of a load: any privilege on the table; of statements: those that its user has sent, and a task
    is no user. (The pages on the functions; for TASK_HISTORY also behaviour change 1799.)
    """
    if function == "QUERY_HISTORY":
        return " WHERE FALSE" if session.role else ""
    kind, column = ("TASK", "name") if function == "TASK_HISTORY" else ("TABLE", "table_name")
    granted = privileges.those_it_may(
        session, lambda grant: grant.kind == kind and (kind == "TABLE" or "MONITOR" in grant.privileges)
    )
    if granted is None:
        return ""
    return f" WHERE {column} IN ({', '.join(map(literal, granted)) or 'NULL'})"


@lru_cache(maxsize=16)
def _selected(rows: str) -> exp.Select:
    """All of the rows that a query of DuckDB's gives."""
    return exp.subquery(rows, "history", dialect="duckdb").select("*")


def _table_function(session: Session, node: exp.Expr, sql: str) -> exp.Expr:
    session.database.settle()
    call = node.this.expression
    rows, restrictions = _TABLE_FUNCTIONS[call.name.upper()]
    arguments = _ARGUMENTS.get(call.name.upper(), {})
    rows += _visible(session, call.name.upper())
    query = _selected(rows).copy()
    for argument in call.expressions:
        name = argument.this.name.upper() if isinstance(argument, exp.Kwarg) else ""
        if name in arguments:
            query = arguments[name](query, argument.expression)
            continue
        if name not in restrictions:
            called = f"the argument {name or argument.sql()} of {call.name.upper()}"
            message = f"The embedded warehouse does not know {called} in: {head(sql)}"
            raise NotSupportedError(message, 2, "0A000")
        column, comparison = restrictions[name]
        value = argument.expression
        if value.is_string and comparison is exp.EQ:
            value = exp.Literal.string(value.name.rpartition(".")[2].upper())
        query = query.where(comparison(this=exp.column(column, quoted=True), expression=value), copy=False)
    return query.subquery(node.args["alias"] if node.args.get("alias") else "history")
