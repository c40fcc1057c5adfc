"""What tells of pipes, streams, tasks and integrations: SYSTEM$... functions, and what INFORMATION_SCHEMA has."""

import json
from collections.abc import Callable

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
_TASK_HISTORY = """
SELECT
    upper(split_part(name, '.', 2)) AS "NAME",
    state AS "STATE",
    return_value AS "RETURN_VALUE",
    error_message AS "ERROR_MESSAGE",
    started_at AT TIME ZONE 'UTC' AS "QUERY_START_TIME",
    completed_at AT TIME ZONE 'UTC' AS "COMPLETED_TIME"
FROM embedded.task_run
"""
# The table function, its rows, the column that each argument restricts, and how.
_TABLE_FUNCTIONS = {
    "COPY_HISTORY": (
        _COPY_HISTORY,
        {"TABLE_NAME": ("TABLE_NAME", exp.EQ), "START_TIME": ("LAST_LOAD_TIME", exp.GTE)},
    ),
    "TASK_HISTORY": (
        _TASK_HISTORY,
        {"TASK_NAME": ("NAME", exp.EQ), "SCHEDULED_TIME_RANGE_START": ("QUERY_START_TIME", exp.GTE)},
    ),
}


def _errors_only(query: exp.Select, value: exp.Expr) -> exp.Select:
    return query.where("\"STATE\" = 'FAILED'", dialect="duckdb") if value.this else query


def _newest(query: exp.Select, value: exp.Expr) -> exp.Select:
    return query.order_by('"QUERY_START_TIME" DESC', dialect="duckdb").limit(value)


_TASK_HISTORY_ARGUMENTS = {"ERROR_ONLY": _errors_only, "RESULT_LIMIT": _newest}


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

    return tree.transform(change)


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

    Of a task: MONITOR; of a load: any privilege on the table. (The pages on both functions; for TASK_HISTORY also
    behaviour change 1799.)
    """
    kind, column = ("TASK", "name") if function == "TASK_HISTORY" else ("TABLE", "table_name")
    granted = privileges.those_it_may(
        session, lambda grant: grant.kind == kind and (kind == "TABLE" or "MONITOR" in grant.privileges)
    )
    if granted is None:
        return ""
    return f" WHERE {column} IN ({', '.join(map(literal, granted)) or 'NULL'})"


def _table_function(session: Session, node: exp.Expr, sql: str) -> exp.Expr:
    call = node.this.expression
    rows, restrictions = _TABLE_FUNCTIONS[call.name.upper()]
    rows += _visible(session, call.name.upper())
    query = exp.subquery(rows, "history", dialect="duckdb").select("*")
    for argument in call.expressions:
        name = argument.this.name.upper() if isinstance(argument, exp.Kwarg) else ""
        if call.name.upper() == "TASK_HISTORY" and name in _TASK_HISTORY_ARGUMENTS:
            query = _TASK_HISTORY_ARGUMENTS[name](query, argument.expression)
            continue
        if name not in restrictions:
            called = f"the argument {name or argument.sql()} of {call.name.upper()}"
            message = f"The embedded warehouse does not know {called} in: {head(sql)}"
            raise NotSupportedError(message, 2, "0A000")
        column, comparison = restrictions[name]
        value = argument.expression
        if value.is_string and comparison is exp.EQ:
            value = exp.Literal.string(value.name.rpartition(".")[2].upper())
        query = query.where(comparison(this=exp.column(column, quoted=True), expression=value))
    return query.subquery(node.args["alias"] if node.args.get("alias") else "history")
