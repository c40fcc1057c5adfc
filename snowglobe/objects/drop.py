"""DROP of everything that can be dropped."""

from snowglobe.catalog import Entry, Pipe, Procedure, Stage, Stream, Task, TransientTable, View
from snowglobe.errors import NotSupportedError, does_not_exist
from snowglobe.names import quoted, quoted_name
from snowglobe.objects import stream
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, unknown

_KINDS: dict[str, type[Entry]] = {
    "PIPE": Pipe,
    "PROCEDURE": Procedure,
    "STAGE": Stage,
    "STREAM": Stream,
    "TASK": Task,
    "VIEW": View,
}


def drop(session: Session, tokens: Tokens) -> Result:
    """DROP TABLE | VIEW | STREAM | PIPE | TASK | STAGE | PROCEDURE [IF EXISTS] name."""
    kind = tokens.peek()
    if kind != "TABLE" and kind not in _KINDS:
        raise unknown(tokens.sql)
    tokens.accept(kind)
    if_exists = tokens.accept("IF", "EXISTS")
    name = session.qualify(tokens.name())
    if kind == "PROCEDURE":
        tokens.expect("(", ")")
    tokens.end()
    dropped = _drop_table(session, name) if kind == "TABLE" else _drop_entry(session, _KINDS[kind], name)
    if dropped:
        return status(f"{name.upper()} successfully dropped.")
    if if_exists:
        return status("Drop statement executed successfully.")
    raise does_not_exist(kind, name)


def _drop_table(session: Session, name: str) -> bool:
    catalog = session.catalog
    if not session.table_columns(name) or catalog.get(View, name) or catalog.get(Stream, name):
        return False
    if catalog.streams_on(name):
        message = f"The embedded warehouse cannot drop {name}, a stream watches it: drop the stream first"
        raise NotSupportedError(message, 2, "0A000")
    with session.ddl():
        if catalog.get(TransientTable, name):
            session.run(f"DROP TABLE temp.{quoted(name.partition('.')[2])}")
            catalog.drop(session.duck, TransientTable, name)
        else:
            session.run(f"DROP TABLE {quoted_name(name)}")
    return True


def _drop_entry(session: Session, kind: type[Entry], name: str) -> bool:
    entry = session.catalog.get(kind, name)
    if entry is None:
        return False
    with session.ddl():
        if isinstance(entry, Stream):
            stream.drop_stream(session, entry)
        elif isinstance(entry, View):
            session.run(f"DROP VIEW {quoted_name(name)}")
        elif isinstance(entry, Pipe):
            _forget_loads(session, name)
        session.catalog.drop(session.duck, kind, name)
    return True


def _forget_loads(session: Session, pipe: str) -> None:
    """A pipe's load history goes with it, as in Snowflake: made again, it loads again. That of the table stays."""
    session.run("UPDATE embedded.load SET target = 'dropped ' || target WHERE target = ?", [pipe])
    session.database.loaded_names.pop(pipe, None)
