"""Streams: CREATE STREAM ... APPEND_ONLY = TRUE, as a position in the watched table.

Rows of a DuckDB table that has never lost one are numbered 0, 1, 2 ... in the order of their inserts (rowid), so a
stream is the rows from its position on. A DELETE would let DuckDB number them anew at some checkpoint; so after one the
table is written again, without holes, and the positions follow. A stream goes on showing rows that were deleted before
it moved, as in Snowflake; they are kept beside it. How long a position is good for is staleness.py's.
"""

from collections.abc import Mapping
from datetime import UTC
from functools import partial

from snowglobe.account import privileges
from snowglobe.catalog import Stream, View, WorkTable
from snowglobe.errors import NotSupportedError, already_exists, does_not_exist
from snowglobe.names import literal, quoted, quoted_name
from snowglobe.objects import show, staleness
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.rewrite import write_again
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head

_OPTIONS = {"APPEND_ONLY": True, "SHOW_INITIAL_ROWS": True, "COMMENT": ""}


def create_stream(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE STREAM [IF NOT EXISTS] name ON TABLE table APPEND_ONLY = TRUE. It begins behind the rows already there, or
    with SHOW_INITIAL_ROWS = TRUE before them, and only so it replaces another.

    CREATE [OR REPLACE] STREAM name CLONE other [COPY GRANTS]: one of the same position.
    """
    name = session.qualify(tokens.name())
    if tokens.accept("CLONE"):
        return _clone(session, name, tokens, clauses)
    # There is nobody here to be granted anything.
    tokens.accept("COPY", "GRANTS")
    tokens.expect("ON", "TABLE")
    table = session.qualify(tokens.name())
    options = tokens.options(_OPTIONS)
    tokens.end()
    from_the_start = options.get("SHOW_INITIAL_ROWS", False)
    if clauses.or_replace and not from_the_start:
        message = "CREATE OR REPLACE STREAM loses what the old one knew; use IF NOT EXISTS, CLONE or SHOW_INITIAL_ROWS"
        raise NotSupportedError(f"{message}: {head(tokens.sql)}", 2, "0A000")
    if options.get("APPEND_ONLY") is not True:
        raise NotSupportedError(f"The embedded warehouse has append-only streams alone: {head(tokens.sql)}", 2, "0A000")
    existing = session.catalog.get(Stream, name)
    if existing and clauses.if_not_exists:
        return status(f"{name.upper()} already exists, statement succeeded.")
    if existing and not clauses.or_replace:
        raise already_exists(name)
    if not existing:
        _check_free(session, name)
    if not session.table_columns(table):
        raise does_not_exist("TABLE", table)
    if any(kind for kind in (Stream, View, WorkTable) if session.catalog.get(kind, table)):
        raise NotSupportedError(
            f"The embedded warehouse has streams on tables alone, and on no work table: {head(tokens.sql)}", 2, "0A000"
        )
    stream = Stream(name, table, str(options.get("COMMENT", "")))
    with session.ddl():
        if existing:
            _drop_stream(session, existing)
        write_again(session, table)
        begin = 0 if from_the_start else _row_count(session, table)
        at = [name, begin, session.clock()]
        session.run("INSERT INTO embedded.stream_position (stream, position, reached_at) VALUES (?, ?, ?)", at)
        session.run(f"CREATE TABLE {stream.deleted_rows} AS SELECT * FROM {quoted_name(table)} LIMIT 0")
        create_view(session, stream)
        session.catalog.put(session.duck, stream)
    return status(f"Stream {name.upper()} successfully created.")


def _clone(session: Session, name: str, tokens: Tokens, clauses: Clauses) -> Result:
    source = session.find(Stream, tokens.name())
    # There is nobody here to be granted anything.
    tokens.accept("COPY", "GRANTS")
    tokens.end()
    existing = session.catalog.get(Stream, name)
    if existing and not (clauses.or_replace and existing != source):
        raise already_exists(name)
    if not existing:
        _check_free(session, name)
    stream = Stream(name, source.table, source.comment)
    with session.ddl():
        if existing:
            _drop_stream(session, existing)
        session.run(
            "INSERT INTO embedded.stream_position (stream, position, reached_at) "
            "SELECT ?, position, reached_at FROM embedded.stream_position WHERE stream = ?",
            [name, source.name],
        )
        session.run(f"CREATE TABLE {stream.deleted_rows} AS SELECT * FROM {source.deleted_rows}")
        create_view(session, stream)
        session.catalog.put(session.duck, stream)
    return status(f"Stream {name.upper()} successfully created.")


def _check_free(session: Session, name: str) -> None:
    if session.table_columns(name):
        raise already_exists(name)


def create_view(session: Session, stream: Stream) -> None:
    """The stream as something to SELECT from, with Snowflake's three columns at the end."""
    names = ", ".join(quoted(column) for column in session.table_columns(stream.table))
    columns = f'{names}, \'INSERT\' AS "METADATA$ACTION", FALSE AS "METADATA$ISUPDATE"'
    session.run(
        f"CREATE OR REPLACE VIEW {quoted_name(stream.name)} AS "
        f'SELECT {columns}, CAST(rowid AS VARCHAR) AS "METADATA$ROW_ID" '
        f"FROM {quoted_name(stream.table)} WHERE rowid >= ({_position(stream)}) "
        f"UNION ALL SELECT {columns}, 'deleted ' || rowid FROM {stream.deleted_rows}"
    )


def _drop_stream(session: Session, stream: Stream) -> None:
    """Take a stream's view and position away, within the open transaction."""
    session.run(f"DROP VIEW {quoted_name(stream.name)}")
    session.run(f"DROP TABLE {stream.deleted_rows}")
    session.run("DELETE FROM embedded.stream_position WHERE stream = ?", [stream.name])


def delete(session: Session, table: str, statement: str, binds: Mapping[str, object]) -> int:
    """Run a DELETE on a watched table, within the open transaction; returns how many rows went."""
    streams = session.catalog.streams_on(table)
    session.check_readable(streams)
    before = _row_count(session, table)
    shown_from = {stream: session.shown_from(stream) for stream in streams}
    session.run(
        f"CREATE TEMPORARY TABLE shown AS SELECT rowid AS place, * FROM {quoted_name(table)} WHERE rowid >= ?",
        [min(shown_from.values())],
    )
    session.run(statement, binds)
    after = _row_count(session, table)
    for stream, place in shown_from.items():
        if session.consumes(stream):
            session.run(f"DELETE FROM {stream.deleted_rows}")
        session.run(
            f"INSERT INTO {stream.deleted_rows} SELECT * EXCLUDE (place) FROM shown "
            f"WHERE place >= ? AND place NOT IN (SELECT rowid FROM {quoted_name(table)})",
            [place],
        )
        passed = session.rows(f"SELECT COUNT(*) FROM {quoted_name(table)} WHERE rowid < ?", [place])[0][0]
        session.run("UPDATE embedded.stream_position SET position = ? WHERE stream = ?", [passed, stream.name])
    session.run("DROP TABLE temp.shown")
    write_again(session, table)
    session.rewritten(table)
    return before - after


def add_column(session: Session, stream: Stream, name: str, kind: str) -> None:
    """Have the stream follow a column that its table has got. `kind`: its type in DuckDB's SQL."""
    session.run(f"ALTER TABLE {stream.deleted_rows} ADD COLUMN {quoted(name)} {kind}")
    create_view(session, stream)


def has_data(session: Session, name: str) -> bool:
    """SYSTEM$STREAM_HAS_DATA, which keeps a stream without data from becoming stale.

    Asked step by step, which takes less planning than one query.
    """
    stream = session.find(Stream, name)
    privileges.check_reads(session, [stream.name])
    (position,) = session.rows("SELECT position FROM embedded.stream_position WHERE stream = ?", [stream.name])[0]
    if _row_count(session, stream.table) > position or session.rows(f"SELECT 1 FROM {stream.deleted_rows} LIMIT 1"):
        return True
    staleness.keep_fresh(session, stream)
    return False


def _row_count(session: Session, table: str) -> int:
    """The rows of a table, as the open transaction sees it."""
    return int(session.rows(f"SELECT COUNT(*) FROM {quoted_name(table)}")[0][0])


def _position(stream: Stream) -> str:
    return f"SELECT position FROM embedded.stream_position WHERE stream = {literal(stream.name)}"


def _shown(session: Session, stream: Stream) -> show.Shown:
    """As SHOW STREAMS has them, but for owners and times of creation, which nothing here notes."""
    schema, name = stream.name.upper().split(".")
    return {
        "name": name,
        "database_name": session.database.name.upper(),
        "schema_name": schema,
        "comment": stream.comment,
        "table_name": f"{session.database.name}.{stream.table}".upper(),
        "source_type": "Table",
        "type": "DELTA",
        "stale": str(staleness.is_stale(session, stream)).lower(),
        "mode": "APPEND_ONLY",
        "stale_after": staleness.stale_after(session, stream).replace(tzinfo=UTC),
    }


STREAM = ObjectKind(
    Stream.words,
    create_stream,
    drop=partial(drop_entry, kind=Stream, also=_drop_stream),
    describe=partial(show.describe, kind=Stream, shown=_shown),
    show=partial(show.show, kind=Stream, shown=_shown),
    or_replace=True,
)
