"""Which statement goes where. Whatever no branch knows is an error that names the statement."""

import re
from collections.abc import Mapping, Sequence

from customertrack.embedded import dialect, pipe, procedure, recorded, stage, stream, system, tables, task
from customertrack.embedded.copy import load_file, parse_copy, waiting
from customertrack.embedded.dialect import Translation
from customertrack.embedded.errors import NotSupportedError
from customertrack.embedded.results import Result, ResultColumn, columns_of, counted, status
from customertrack.embedded.session import Session
from customertrack.embedded.tokens import Tokens, head

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_ORDINARY = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES"}
_NO_REPLACE = {"STAGE", "PIPE", "STREAM", "TASK"}


def execute(session: Session, sql: str, params: Sequence[object] = ()) -> Result:
    """Execute one Snowflake statement, its `?` bound to `params`. Raises the errors of customertrack.embedded.errors."""
    found = _FIRST_WORD.match(sql)
    word = found[1].upper() if found else ""
    if word in _ORDINARY:
        return _ordinary(session, sql, params)
    if found and recorded.is_recorded(sql[found.start(1) :]):
        return recorded.record(session, sql[found.start(1) :])
    if found is None:
        raise dialect.unknown(sql)
    # sqlglot makes one token of what follows some first words.
    tokens = Tokens(sql[found.end(1) :], sql)
    match word:
        case "BEGIN" | "START" | "COMMIT" | "ROLLBACK":
            return _transaction(session, word, tokens)
        case "CREATE":
            return _create(session, sql, tokens)
        case "ALTER":
            return _alter(session, sql, tokens)
        case "DROP":
            return tables.drop(session, tokens)
        case "USE":
            return _use(session, tokens)
        case "CALL":
            return procedure.call(session, tokens, params, execute)
        case "EXECUTE" if tokens.accept("TASK"):
            return task.execute_task(session, tokens, execute)
        case "COPY":
            return _copy(session, sql)
    raise dialect.unknown(sql)


def _transaction(session: Session, word: str, tokens: Tokens) -> Result:
    if word in ("BEGIN", "START") and not (tokens.accept("TRANSACTION") or tokens.accept("WORK")) and word == "START":
        raise tokens.unexpected("expected TRANSACTION")
    tokens.accept("WORK")
    tokens.end()
    {"BEGIN": session.begin, "START": session.begin, "COMMIT": session.commit, "ROLLBACK": session.rollback}[word]()
    return status("Statement executed successfully.")


def _create(session: Session, sql: str, tokens: Tokens) -> Result:
    or_alter, or_replace = tokens.accept("OR", "ALTER"), tokens.accept("OR", "REPLACE")
    tokens.accept("TRANSIENT")
    kind = " ".join(tokens.peek().split())
    if kind in ("DATABASE", "SCHEMA", "TABLE", "VIEW"):
        return tables.create(session, sql, or_alter, tables.function_names(session))
    tokens.accept(tokens.peek())
    if or_replace and kind in _NO_REPLACE:
        raise NotSupportedError(f"CREATE OR REPLACE {kind} loses what the old one knew; use IF NOT EXISTS and ALTER: {head(sql)}", 2, "0A000")
    if_not_exists = tokens.accept("IF", "NOT", "EXISTS")
    match kind:
        case "FILE FORMAT":
            return stage.create_file_format(session, tokens, if_not_exists)
        case "STAGE":
            return stage.create_stage(session, tokens, if_not_exists)
        case "PIPE":
            return pipe.create_pipe(session, tokens, if_not_exists)
        case "STREAM":
            return stream.create_stream(session, tokens, if_not_exists)
        case "TASK":
            return task.create_task(session, tokens, if_not_exists, or_alter)
        case "PROCEDURE":
            return procedure.create_procedure(session, tokens, or_alter or or_replace)
        case "FUNCTION":
            return procedure.create_function(session, sql, tokens, tables.function_names(session))
    raise dialect.unknown(sql)


def _alter(session: Session, sql: str, tokens: Tokens) -> Result:
    if tokens.accept("STAGE"):
        return stage.alter_stage(session, tokens)
    if tokens.accept("PIPE"):
        return pipe.alter_pipe(session, tokens)
    if tokens.accept("TASK"):
        return task.alter_task(session, tokens)
    if tokens.accept("TABLE"):
        return tables.alter_table(session, sql)
    raise dialect.unknown(sql)


def _use(session: Session, tokens: Tokens) -> Result:
    if tokens.accept("DATABASE"):
        session.check_database(tokens.name())
    else:
        tokens.accept("SCHEMA")
        database, _, schema = tokens.name().rpartition(".")
        if database:
            session.check_database(database)
        session.use_schema(schema)
    tokens.end()
    return status("Statement executed successfully.")


def _copy(session: Session, sql: str) -> Result:
    copy = parse_copy(session, sql)
    target = f"table {copy.table}"
    loads = [load_file(session, copy, target, file) for file in waiting(session, copy, target)]
    columns = [ResultColumn(name, code) for name, code in (("file", 2), ("status", 2), ("rows_loaded", 0), ("first_error", 2))]
    return Result(columns, [(load.name, load.status, load.rows, load.error) for load in loads], rowcount=sum(load.rows for load in loads))


def _ordinary(session: Session, sql: str, params: Sequence[object]) -> Result:
    translation = _translation(session, sql)
    if len(params) != translation.binds:
        raise NotSupportedError(f"{translation.binds} binds wanted, {len(params)} given: {head(sql)}", 2049, "42601")
    binds: dict[str, object] = {f"b{number}": value for number, value in enumerate(params, 1)}
    if translation.uses_clock:
        binds["now"] = session.clock()
    if translation.kind == "query":
        return _query(session, translation, binds)
    return _dml(session, translation, binds)


def _translation(session: Session, sql: str) -> Translation:
    functions = tables.function_names(session)
    upper = sql.upper()
    if "SYSTEM$" in upper or "INFORMATION_SCHEMA" in upper:
        return dialect.translate_with(sql, functions, lambda tree: system.expand(session, tree))
    return dialect.translate(sql, functions)


def _query(session: Session, translation: Translation, binds: Mapping[str, object]) -> Result:
    cursor = session.run(translation.sql, binds)
    return Result(columns_of(cursor.description or ()), fetch=cursor.fetchmany)


def _dml(session: Session, translation: Translation, binds: Mapping[str, object]) -> Result:
    """INSERT, UPDATE, DELETE, MERGE or TRUNCATE; one that reads a stream consumes it, in the transaction it runs in."""
    target = session.qualify(translation.target)
    streams = session.catalog.streams_read(frozenset(session.qualify(name) for name in translation.reads))
    with session.atomic():
        session.consume(streams)
        if not session.catalog.streams_on(target) or translation.kind == "insert":
            count = int(session.run(translation.sql, binds).fetchall()[0][0])
        elif translation.kind in ("delete", "truncate"):
            count = stream.delete(session, target, translation.sql, binds)
        else:
            raise NotSupportedError(f"The embedded warehouse only inserts into {target} and deletes from it, a stream watches it", 2, "0A000")
    words = {"insert": "inserted", "update": "updated", "merge": "inserted or updated"}
    return counted(words.get(translation.kind, "deleted"), count)
