"""Which statement goes where. Whatever no branch knows is an error that names the statement."""

import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache

from snowglobe import updates
from snowglobe.account import principal, privileges
from snowglobe.catalog import Stream, View
from snowglobe.errors import NotSupportedError, OperationalError, ProgrammingError
from snowglobe.information import functions
from snowglobe.loading import staged
from snowglobe.loading.copy import copy_now
from snowglobe.objects import (
    inserts,
    overwrite,
    procedure,
    session_parameters,
    staging,
    staleness,
    stream,
    table,
    task,
)
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.open_questions import OpenQuestion
from snowglobe.query import sort_parts, translate
from snowglobe.query.translate import Translation
from snowglobe.registry import KINDS
from snowglobe.results import Result, columns_of, counted, counted_each, status
from snowglobe.session import PUBLIC, Session
from snowglobe.tokens import SYNTAX_ERROR, Tokens, head, syntax_error, unknown

_FIRST_WORD = re.compile(r"(?:\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_ORDINARY = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"}
# What changes nothing by itself; the statements of a procedure are looked at one by one.
_READING = {
    "SELECT", "WITH", "SHOW", "DESC", "DESCRIBE", "LIST", "LS", "USE", "CALL", "BEGIN", "START", "COMMIT", "ROLLBACK"
}  # fmt: skip


def execute(session: Session, sql: str, params: Sequence[object] = ()) -> Result:
    """Execute one Snowflake statement, its `?` bound to `params`. Raises the errors of snowglobe."""
    found = _first_word(sql)
    if found is None:
        raise unknown(sql)
    word = found[1].upper()
    if session.database.opening.read_only and word not in _READING:
        message = f"The warehouse file {session.database.path} is open for reading only: {head(sql)}"
        raise OperationalError(message, 3001, "42501")
    privileges.check_statement(session, word, sql)
    if word in _ORDINARY:
        return _ordinary(session, sql, params)
    # sqlglot makes one token of what follows some first words.
    tokens = Tokens(sql[found.end(1) :], sql)
    if word == "CALL":
        return procedure.call(session, tokens, params)
    if params:
        raise ProgrammingError(f"This statement takes no binds: {head(sql)}", 2049, "42601")
    match word:
        case "BEGIN" | "START" | "COMMIT" | "ROLLBACK":
            return _transaction(session, word, tokens)
        case "CREATE":
            return _create(session, tokens)
        case "ALTER" if tokens.accept("SESSION"):
            return session_parameters.alter_session(tokens)
        case "ALTER" | "DROP" | "DESC" | "DESCRIBE":
            return _of_a_kind(session, word, tokens)
        case "SHOW":
            return _show(session, tokens)
        case "GRANT":
            # From the first word on: sqlglot makes one token of EXECUTE and what follows it at the beginning of a text.
            return principal.grant(session, Tokens(sql[found.start(1) :]))
        case "REVOKE":
            return principal.revoke(session, Tokens(sql[found.start(1) :]))
        case "USE":
            return _use(session, tokens)
        case "EXECUTE" if tokens.accept("TASK"):
            return task.execute_task(session, tokens)
        case "COPY":
            return copy_now(session, sql)
        case "LIST" | "LS":
            return staged.list_files(session, tokens)
        case "PUT":
            return staging.put(session, tokens)
        case "REMOVE" | "RM":
            return staging.remove(session, tokens)
    raise unknown(sql)


def only_reads(sql: str) -> bool:
    """Whether a statement reads and does nothing else, by its first word."""
    found = _first_word(sql)
    return found is not None and found[1].upper() in _READING - {"CALL"}


@lru_cache(maxsize=1024)
def _first_word(sql: str) -> re.Match[str] | None:
    """A procedure says its statements again and again, with the comments before them."""
    return _FIRST_WORD.match(sql)


def _transaction(session: Session, word: str, tokens: Tokens) -> Result:
    if word == "START":
        tokens.expect("TRANSACTION")
    elif not (word == "BEGIN" and tokens.accept("TRANSACTION")):
        tokens.accept("WORK")
    tokens.end()
    {"BEGIN": session.begin, "START": session.begin, "COMMIT": session.commit, "ROLLBACK": session.rollback}[word]()
    return status("Statement executed successfully.")


def _create(session: Session, tokens: Tokens) -> Result:
    or_alter = tokens.accept("OR", "ALTER")
    or_replace = not or_alter and tokens.accept("OR", "REPLACE")
    transient = tokens.accept("TRANSIENT")
    words, kind = _kind(tokens)
    if transient and kind is not table.TABLE:
        raise unknown(tokens.sql)
    if or_replace and not (kind and kind.or_replace):
        message = f"CREATE OR REPLACE {words} loses what the old one knew; use IF NOT EXISTS or ALTER"
        raise NotSupportedError(f"{message}: {head(tokens.sql)}", 2, "0A000")
    if kind is None or kind.create is None or (or_alter and not kind.or_alter):
        raise unknown(tokens.sql)
    if_not_exists = kind.if_not_exists and tokens.accept("IF", "NOT", "EXISTS")
    return kind.create(session, tokens, Clauses(or_replace, or_alter, if_not_exists))


def _of_a_kind(session: Session, word: str, tokens: Tokens) -> Result:
    """ALTER, DROP, or DESCRIBE."""
    _, kind = _kind(tokens)
    run = kind and {"ALTER": kind.alter, "DROP": kind.drop}.get(word, kind.describe)
    if run is None:
        raise unknown(tokens.sql)
    result = run(session, tokens)
    if word == "DROP":
        privileges.forget_what_is_gone(session)
    return result


def _show(session: Session, tokens: Tokens) -> Result:
    """SHOW and the plural of a kind."""
    kind = KINDS.get(tokens.peek().removesuffix("S"))
    if kind is None or kind.show is None or not tokens.accept(f"{kind.words}S"):
        raise unknown(tokens.sql)
    return kind.show(session, tokens)


def _kind(tokens: Tokens) -> tuple[str, ObjectKind | None]:
    """Step over the words of a kind, which sqlglot may have as one token or as two: they, and what is known of it."""
    one = " ".join(tokens.peek().split())
    two = f"{one} {tokens.peek(1)}"
    words = two if two in KINDS else one
    if words in KINDS and not tokens.accept(*words.split()):
        tokens.accept(tokens.peek())
    return words, KINDS.get(words)


def _use(session: Session, tokens: Tokens) -> Result:
    """USE [DATABASE] database (then its PUBLIC schema), USE SCHEMA [database.]schema, or USE database.schema.

    USE ROLE says who owns the Streamlit apps that are made; USE WAREHOUSE means nothing on one machine.
    """
    is_role = tokens.accept("ROLE")
    if is_role or tokens.accept("WAREHOUSE"):
        name = tokens.name()
        tokens.end()
        session.used_role = name if is_role else session.used_role
        return status("Statement executed successfully.")
    if tokens.accept("SCHEMA"):
        database, _, schema = tokens.name().rpartition(".")
    else:
        tokens.accept("DATABASE")
        database, _, schema = tokens.name().partition(".")
    tokens.end()
    if database:
        session.check_database(database)
    privileges.check_schema(session, (schema or PUBLIC).lower())
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
    privileges.check_reads(session, reads)
    streams = session.catalog.streams_read(reads)
    session.fit_threads(_searched(session, translation, reads), translation.kind == "query")
    try:
        if translation.kind == "query":
            session.check_readable(streams)
            staleness.check_fresh(session, streams)
            cursor = session.run(translation.sql, binds)
            return Result(columns_of(cursor.description or (), sql), fetch=session.fetching(cursor))
        return _dml(session, sql, translation, streams, binds)
    except ProgrammingError as error:
        # What DuckDB alone finds wrong is not said of the text that the user has written.
        if error.errno != SYNTAX_ERROR:
            raise
        raise syntax_error(sql, error.msg) from error


def _translation(session: Session, sql: str) -> Translation:
    own_functions = session.catalog.function_names()
    upper = sql.upper()
    if any(word in upper for word in ("SYSTEM$", "INFORMATION_SCHEMA", "INFER_SCHEMA")):
        return translate.translate_with(sql, own_functions, lambda tree: functions.expand(session, tree, sql))
    threads = session.database.threads
    # A query may read whole tables; what is written follows from what was landed.
    is_small = not threads.has_bulk and not (threads.has_large and upper.lstrip().startswith(("SELECT", "WITH")))
    parts = min(threads.most, sort_parts.MOST) if threads.has_bulk else 1
    return translate.translate(sql, own_functions, is_small, parts)


def _searched(session: Session, translation: Translation, reads: frozenset[str]) -> set[str]:
    """The tables in which a statement looks for rows: those that it reads, and what it changes or deletes from."""
    names = session.catalog.names_read(reads)
    if not translation.kind.startswith("insert"):
        names |= {session.qualify(name) for name in translation.targets}
    return names


def _dml(
    session: Session, sql: str, translation: Translation, streams: Sequence[Stream], binds: Mapping[str, object]
) -> Result:
    """INSERT, UPDATE, DELETE or MERGE; one that reads a stream consumes it, in the transaction it runs in."""
    target, *others = (session.qualify(name) for name in translation.targets)
    for name in (target, *others):
        if view := session.catalog.get(View, name):
            what = f"{name.rpartition('.')[2]} is a view, which takes no rows. It shows {', '.join(view.reads)}"
            raise ProgrammingError(f"{what}: {head(sql)}", 2003, "42S02")
    staleness.check_fresh(session, streams)
    if translation.kind == "update" and OpenQuestion.BLOCKED_UPDATE in session.otherwise:
        translation, binds = updates.of_rows_found(session, translation, binds)
    any_order = session.database.unordered() if translation.in_parts else nullcontext()
    with session.atomic(), session.consuming(streams), any_order:
        if translation.kind == "inserts":
            counts = inserts.run(session, translation, binds)
            session.database.threads.wrote(sum(counts))
            return counted_each([name.rpartition(".")[2] for name in (target, *others)], counts)
        if translation.overwrites:
            count = overwrite.insert(session, target, translation, binds, sql)
        elif not session.catalog.streams_on(target) or translation.kind == "insert":
            count = int(session.run(translation.sql, binds).fetchall()[0][0])
        elif translation.kind == "delete":
            count = stream.delete(session, target, translation.sql, binds)
        else:
            what = f"only inserts into {target} and deletes from it, because a stream watches it"
            message = f"The embedded warehouse {what}: {head(sql)}"
            raise NotSupportedError(message, 2, "0A000")
    session.database.threads.wrote(count)
    words = {"insert": "inserted", "update": "updated", "delete": "deleted", "merge": "inserted or updated"}
    return counted(words[translation.kind], count)
