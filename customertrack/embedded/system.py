"""Snowflake's own functions that look at pipes, streams and tasks: SYSTEM$..., and the table functions of INFORMATION_SCHEMA."""

import json

import sqlglot
from sqlglot import exp

from customertrack.embedded.catalog import Pipe
from customertrack.embedded.errors import NotSupportedError
from customertrack.embedded.pipe import find_pipe, pending
from customertrack.embedded.session import Session
from customertrack.embedded.stream import has_data

_COPY_HISTORY = """
(SELECT file_name AS "FILE_NAME", loaded_at AT TIME ZONE 'UTC' AS "LAST_LOAD_TIME", row_count AS "ROW_COUNT", file_size AS "FILE_SIZE",
    first_error AS "FIRST_ERROR_MESSAGE", CASE status WHEN 'LOADED' THEN 'Loaded' ELSE 'Load failed' END AS "STATUS",
    upper(split_part(table_name, '.', 2)) AS "TABLE_NAME", upper(split_part(target, '.', 2)) AS "PIPE_NAME"
FROM embedded.load)
"""
_TASK_HISTORY = """
(SELECT upper(split_part(name, '.', 2)) AS "NAME", state AS "STATE", return_value AS "RETURN_VALUE", error_message AS "ERROR_MESSAGE",
    started_at AT TIME ZONE 'UTC' AS "QUERY_START_TIME", completed_at AT TIME ZONE 'UTC' AS "COMPLETED_TIME"
FROM embedded.task_run)
"""
# The table function, its rows, the column that each argument restricts, and how.
_TABLE_FUNCTIONS = {
    "COPY_HISTORY": (_COPY_HISTORY, {"TABLE_NAME": ("TABLE_NAME", exp.EQ), "START_TIME": ("LAST_LOAD_TIME", exp.GTE)}),
    "TASK_HISTORY": (_TASK_HISTORY, {"TASK_NAME": ("NAME", exp.EQ), "SCHEDULED_TIME_RANGE_START": ("QUERY_START_TIME", exp.GTE)}),
}


def expand(session: Session, tree: exp.Expression) -> exp.Expression:
    """Put what they stand for in their places. A SYSTEM$ or INFORMATION_SCHEMA function that is not known stays, and is an error later."""

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Anonymous) and node.name.upper().startswith("SYSTEM$"):
            return _system_function(session, node)
        if isinstance(node, exp.TableFromRows) and isinstance(node.this, exp.Dot):
            return _table_function(node)
        return node

    return tree.transform(change)


def pipe_status(session: Session, name: str) -> str:
    """SYSTEM$PIPE_STATUS: JSON with the execution state, the number of files not taken yet, and the name and time of the last one that was."""
    pipe = find_pipe(session, session.qualify(name))
    last = session.rows("SELECT file_name, loaded_at FROM embedded.load WHERE target = ? ORDER BY loaded_at DESC, file_name DESC LIMIT 1", [pipe.name])
    found: dict[str, object] = {"executionState": "PAUSED" if pipe.paused else "RUNNING", "pendingFileCount": len(pending(session, pipe.name))}
    if last:
        found |= {"lastIngestedFilePath": last[0][0], "lastIngestedTimestamp": last[0][1].isoformat(timespec="milliseconds") + "Z"}
    return json.dumps(found)


def pipe_names(session: Session) -> list[str]:
    """The qualified names of all pipes."""
    return [pipe.name for pipe in session.catalog.all(Pipe)]


def _system_function(session: Session, node: exp.Anonymous) -> exp.Expression:
    arguments = node.expressions
    if len(arguments) != 1 or not arguments[0].is_string:
        return node
    match node.name.upper():
        case "SYSTEM$STREAM_HAS_DATA":
            return sqlglot.parse_one(has_data(session, arguments[0].name), read="duckdb")
        case "SYSTEM$PIPE_STATUS":
            return exp.Literal.string(pipe_status(session, arguments[0].name))
    return node


def _table_function(node: exp.TableFromRows) -> exp.Expression:
    schema, call = node.this.this, node.this.expression
    known = _TABLE_FUNCTIONS.get(call.name.upper()) if isinstance(call, exp.Anonymous) and schema.name.upper() == "INFORMATION_SCHEMA" else None
    if known is None:
        return node
    rows, restrictions = known
    query = exp.select("*").from_(sqlglot.parse_one(f"SELECT * FROM {rows}", read="duckdb").subquery("history"))
    for argument in call.expressions:
        name = argument.this.name.upper() if isinstance(argument, exp.Kwarg) else ""
        if name not in restrictions:
            raise NotSupportedError(f"The embedded warehouse does not know the argument {name or argument.sql()} of {call.name.upper()}", 2, "0A000")
        column, comparison = restrictions[name]
        value = argument.expression
        if value.is_string and comparison is exp.EQ:
            value = exp.Literal.string(value.name.rpartition(".")[2].upper())
        query = query.where(comparison(this=exp.column(column, quoted=True), expression=value))
    return query.subquery(node.args["alias"] if node.args.get("alias") else "history")

