"""Which statement goes where. Whatever no branch knows is an error that names the statement."""

import re
from collections.abc import Mapping, Sequence

from snowglobe.account import integration, principal
from snowglobe.catalog import Stream, TransientTable
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.information import functions
from snowglobe.loading.copy import copy_now
from snowglobe.objects import drop, function, pipe, procedure, session_parameters, stage, stream, table, task, view
from snowglobe.objects.file_format import create_file_format
from snowglobe.query import translate
from snowglobe.query.translate import Translation
from snowglobe.results import Result, columns_of, counted, status
from snowglobe.session import PUBLIC, Session
from snowglobe.tokens import SYNTAX_ERROR, Tokens, head, syntax_error, unknown

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_ORDINARY = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"}
# Kinds by what may stand between CREATE and them. OR REPLACE is missing where it loses what the old object knew.
_BY_SQLGLOT = {"DATABASE", "SCHEMA", "TABLE", "VIEW"}
_REPLACEABLE = {"FILE FORMAT", "PROCEDURE", "FUNCTION", "VIEW", "NOTIFICATION INTEGRATION", "ROLE", "WAREHOUSE"}
# Not a view: in Snowflake, OR ALTER does not change the query of one that exists.
_ALTERABLE = {"FILE FORMAT", "PROCEDURE", "FUNCTION", "TABLE", "TASK", "ROLE", "WAREHOUSE"}
_WITHOUT_IF = {"PROCEDURE", "FUNCTION"}
_TWO_WORDS = {"NOTIFICATION INTEGRATION", "DATABASE ROLE"}
# Deleted rows that slow down the scans of a temporary table: one row group of DuckDB's.
_MANY = 122_880


def execute(session: Session, sql: str, params: Sequence[object] = ()) -> Result:
    """Execute one Snowflake statement, its `?` bound to `params`. Raises the errors of snowglobe."""
    found = _FIRST_WORD.match(sql)
    if found is None:
        raise unknown(sql)
    word = found[1].upper()
    if word in _ORDINARY:
        return _ordinary(session, sql, params)
    # sqlglot makes one token of what follows some first words.
    tokens = Tokens(sql[found.end(1) :], sql)
    if word == "CALL":
        return procedure.call(session, tokens, params, execute)
    if params:
        raise ProgrammingError(f"This statement takes no binds: {head(sql)}", 2049, "42601")
    match word:
        case "BEGIN" | "START" | "COMMIT" | "ROLLBACK":
            return _transaction(session, word, tokens)
        case "CREATE":
            return _create(session, sql, tokens)
        case "ALTER":
            return _alter(session, sql, tokens)
        case "DROP":
            return _drop(session, tokens)
        case "DESC" | "DESCRIBE":
            return _describe(session, sql, tokens)
        case "GRANT":
            # From the first word on: sqlglot makes one token of EXECUTE and what follows it at the beginning of a text.
            return principal.grant(session, Tokens(sql[found.start(1) :]))
        case "REVOKE":
            return principal.revoke(session, Tokens(sql[found.start(1) :]))
        case "USE":
            return _use(session, tokens)
        case "EXECUTE" if tokens.accept("TASK"):
            return task.execute_task(session, tokens, execute)
        case "COPY":
            return copy_now(session, sql)
    raise unknown(sql)


def _transaction(session: Session, word: str, tokens: Tokens) -> Result:
    if word == "START":
        tokens.expect("TRANSACTION")
    elif not (word == "BEGIN" and tokens.accept("TRANSACTION")):
        tokens.accept("WORK")
    tokens.end()
    {"BEGIN": session.begin, "START": session.begin, "COMMIT": session.commit, "ROLLBACK": session.rollback}[word]()
    return status("Statement executed successfully.")


def _create(session: Session, sql: str, tokens: Tokens) -> Result:
    or_alter = tokens.accept("OR", "ALTER")
    or_replace = not or_alter and tokens.accept("OR", "REPLACE")
    transient = tokens.accept("TRANSIENT")
    kind = _kind(tokens)
    if transient and kind != "TABLE":
        raise unknown(sql)
    if or_replace and kind not in _REPLACEABLE:
        message = f"CREATE OR REPLACE {kind} loses what the old one knew; use IF NOT EXISTS or ALTER: {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    if or_alter and kind not in _ALTERABLE:
        raise unknown(sql)
    if kind == "VIEW":
        return view.create_view(session, sql)
    if kind in _BY_SQLGLOT:
        return table.create(session, sql, or_alter)
    if not tokens.accept(*kind.split()):
        tokens.accept(tokens.peek())
    may_exist = or_alter or or_replace
    if_not_exists = kind not in _WITHOUT_IF and tokens.accept("IF", "NOT", "EXISTS")
    match kind:
        case "FILE FORMAT":
            return create_file_format(session, tokens, if_not_exists, may_exist)
        case "STAGE":
            return stage.create_stage(session, tokens, if_not_exists)
        case "PIPE":
            return pipe.create_pipe(session, tokens, if_not_exists)
        case "STREAM":
            return stream.create_stream(session, tokens, if_not_exists)
        case "TASK":
            return task.create_task(session, tokens, if_not_exists, or_alter)
        case "PROCEDURE":
            return procedure.create_procedure(session, tokens, may_exist)
        case "FUNCTION":
            return function.create_function(session, tokens, may_exist)
        case "STORAGE INTEGRATION" | "NOTIFICATION INTEGRATION":
            return integration.create_integration(session, tokens, kind, if_not_exists, may_exist)
    if kind in principal.KINDS:
        return principal.create(session, tokens, kind, if_not_exists)
    raise unknown(sql)


def _kind(tokens: Tokens) -> str:
    """The kind of object that comes next, which sqlglot may have as one token or as two."""
    one = " ".join(tokens.peek().split())
    two = f"{one} {tokens.peek(1)}"
    return two if two in _TWO_WORDS else one


def _alter(session: Session, sql: str, tokens: Tokens) -> Result:
    if tokens.accept("STAGE"):
        return stage.alter_stage(session, tokens)
    if tokens.accept("PIPE"):
        return pipe.alter_pipe(session, tokens)
    if tokens.accept("TASK"):
        return task.alter_task(session, tokens)
    if tokens.accept("TABLE"):
        return table.alter_table(session, sql)
    if tokens.accept("USER"):
        return principal.alter_user(session, tokens)
    if tokens.accept("SESSION"):
        return session_parameters.alter_session(tokens)
    if (kind := integration.accept_kind(tokens)) is not None:
        return integration.alter_integration(session, tokens, kind)
    raise unknown(sql)


def _drop(session: Session, tokens: Tokens) -> Result:
    if (kind := integration.accept_kind(tokens)) is not None:
        return integration.drop_integration(session, tokens, kind)
    if (kind := _kind(tokens)) in principal.KINDS:
        tokens.accept(*kind.split())
        return principal.drop(session, tokens, kind)
    return drop.drop(session, tokens)


def _describe(session: Session, sql: str, tokens: Tokens) -> Result:
    kind = integration.accept_kind(tokens)
    if kind is None:
        raise unknown(sql)
    return integration.describe_integration(session, tokens, kind)


def _use(session: Session, tokens: Tokens) -> Result:
    """USE [DATABASE] database (then its PUBLIC schema), USE SCHEMA [database.]schema, or USE database.schema.

    USE ROLE and USE WAREHOUSE mean nothing on one machine.
    """
    if tokens.accept("ROLE") or tokens.accept("WAREHOUSE"):
        tokens.name()
        tokens.end()
        return status("Statement executed successfully.")
    if tokens.accept("SCHEMA"):
        database, _, schema = tokens.name().rpartition(".")
    else:
        tokens.accept("DATABASE")
        database, _, schema = tokens.name().partition(".")
    tokens.end()
    if database:
        session.check_database(database)
    session.use_schema(schema or PUBLIC)
    return status("Statement executed successfully.")


def _ordinary(session: Session, sql: str, params: Sequence[object]) -> Result:
    translation = _translation(session, sql)
    if len(params) != translation.binds:
        message = f"The statement has {translation.binds} places for binds and {len(params)} are given: {head(sql)}"
        raise ProgrammingError(message, 2049, "42601")
    binds: dict[str, object] = {f"b{number}": value for number, value in enumerate(params, 1)}
    if translation.uses_clock:
        binds["now"] = session.clock()
    # Of a query too: a name of DuckDB's own is an error.
    reads = frozenset(session.qualify(name) for name in translation.reads)
    streams = session.catalog.streams_read(reads)
    try:
        if translation.kind == "query":
            session.check_readable(streams)
            cursor = session.run(translation.sql, binds)
            return Result(columns_of(cursor.description or (), sql), fetch=cursor.fetchmany)
        return _dml(session, sql, translation, streams, binds)
    except ProgrammingError as error:
        # What DuckDB alone finds wrong is not said of the text that the user has written.
        if error.errno != SYNTAX_ERROR:
            raise
        raise syntax_error(sql, error.msg) from error


def _translation(session: Session, sql: str) -> Translation:
    own_functions = session.catalog.function_names()
    upper = sql.upper()
    if "SYSTEM$" in upper or "INFORMATION_SCHEMA" in upper:
        return translate.translate_with(sql, own_functions, lambda tree: functions.expand(session, tree, sql))
    return translate.translate(sql, own_functions)


def _dml(
    session: Session, sql: str, translation: Translation, streams: Sequence[Stream], binds: Mapping[str, object]
) -> Result:
    """INSERT, UPDATE, DELETE or MERGE; one that reads a stream consumes it, in the transaction it runs in."""
    target = session.qualify(translation.target)
    with session.atomic(), session.consuming(streams):
        if not session.catalog.streams_on(target) or translation.kind == "insert":
            count = int(session.run(translation.sql, binds).fetchall()[0][0])
            if (
                translation.kind == "delete"
                and count > _MANY
                and (emptied := session.catalog.get(TransientTable, target))
            ):
                table.reclaim(session, emptied)
        elif translation.kind == "delete":
            count = stream.delete(session, target, translation.sql, binds)
        else:
            what = f"only inserts into {target} and deletes from it, because a stream watches it"
            message = f"The embedded warehouse {what}: {head(sql)}"
            raise NotSupportedError(message, 2, "0A000")
    words = {"insert": "inserted", "update": "updated", "delete": "deleted", "merge": "inserted or updated"}
    return counted(words[translation.kind], count)
