"""Streams: CREATE STREAM ... APPEND_ONLY = TRUE, as a position in the watched table.

Rows of a DuckDB table that has never lost one are numbered 0, 1, 2 ... in the order of their inserts (rowid), so a stream is the rows from its
position on. A DELETE would let DuckDB number them anew at some checkpoint; so after one the table is written again, without holes, and the positions
follow. Rows that a stream still holds cannot be deleted, where Snowflake would go on showing them.
"""

from customertrack.embedded.catalog import Stream
from customertrack.embedded.errors import NotSupportedError, ProgrammingError
from customertrack.embedded.results import Result, status
from customertrack.embedded.session import Session, quoted, quoted_name
from customertrack.embedded.tokens import Tokens, head

_OPTIONS = {"APPEND_ONLY": True, "COMMENT": ""}


def create_stream(session: Session, tokens: Tokens, if_not_exists: bool) -> Result:
    """CREATE STREAM [IF NOT EXISTS] name ON TABLE table APPEND_ONLY = TRUE. It begins behind the rows that are there."""
    name = session.qualify(tokens.name())
    tokens.expect("ON", "TABLE")
    table = session.qualify(tokens.name())
    options = tokens.options(_OPTIONS)
    tokens.end()
    if options.get("APPEND_ONLY") is not True:
        raise NotSupportedError(f"The embedded warehouse has append-only streams alone: {head(tokens.sql)}", 2, "0A000")
    if session.catalog.get(Stream, name):
        if if_not_exists:
            return status(f"{name.upper()} already exists, statement succeeded.")
        raise ProgrammingError(f"Object '{name.upper()}' already exists.", 2002, "42710")
    if not session.table_columns(table):
        raise ProgrammingError(f"Table '{table.upper()}' does not exist or not authorized.", 2003, "42S02")
    stream = Stream(name, table)
    with session.ddl():
        _write_again(session, table)
        session.run("INSERT INTO embedded.stream_position VALUES (?, ?)", [name, row_count(session, table)])
        create_view(session, stream)
        session.catalog.put(session.duck, stream)
    return status(f"Stream {name.upper()} successfully created.")


def create_view(session: Session, stream: Stream) -> None:
    """The stream as something to SELECT from, with Snowflake's three columns at the end; anew when the table has got a column."""
    names = ", ".join(quoted(column) for column in session.table_columns(stream.table))
    session.run(
        f"CREATE OR REPLACE VIEW {quoted_name(stream.name)} AS SELECT {names}, 'INSERT' AS \"METADATA$ACTION\", FALSE AS \"METADATA$ISUPDATE\", "
        f'CAST(rowid AS VARCHAR) AS "METADATA$ROW_ID" FROM {quoted_name(stream.table)} WHERE rowid >= ({_position(stream)})'
    )


def drop_stream(session: Session, stream: Stream) -> None:
    """Take a stream away, within the open transaction."""
    session.run(f"DROP VIEW {quoted_name(stream.name)}")
    session.run("DELETE FROM embedded.stream_position WHERE stream = ?", [stream.name])
    session.catalog.drop(session.duck, Stream, stream.name)


def delete(session: Session, table: str, statement: str, binds: object) -> int:
    """Run a DELETE or TRUNCATE on a watched table, within the open transaction; returns how many rows went."""
    before = row_count(session, table)
    held = {stream.name: _held(session, stream) for stream in session.catalog.streams_on(table)}
    session.run(statement, binds)
    for stream in session.catalog.streams_on(table):
        if _held(session, stream) != held[stream.name]:
            raise NotSupportedError(
                f"The embedded warehouse cannot delete rows of {table} that its stream {stream.name} still holds: let them be applied first", 2, "0A000"
            )
    _write_again(session, table)
    after = row_count(session, table)
    for name, rows in held.items():
        session.run("UPDATE embedded.stream_position SET position = ? WHERE stream = ?", [after - rows, name])
    return before - after


def has_data(session: Session, name: str) -> str:
    """SYSTEM$STREAM_HAS_DATA as a DuckDB condition."""
    stream = session.catalog.get(Stream, session.qualify(name))
    if stream is None:
        raise ProgrammingError(f"Stream '{name.upper()}' does not exist or not authorized.", 2003, "02000")
    return f"(SELECT COUNT(*) FROM {quoted_name(stream.table)}) > ({_position(stream)})"


def row_count(session: Session, table: str) -> int:
    """The rows of a table, as the open transaction sees it."""
    return int(session.rows(f"SELECT COUNT(*) FROM {quoted_name(table)}")[0][0])


def _held(session: Session, stream: Stream) -> int:
    return row_count(session, stream.name)


def _position(stream: Stream) -> str:
    literal = stream.name.replace("'", "''")
    return f"SELECT position FROM embedded.stream_position WHERE stream = '{literal}'"


def _write_again(session: Session, table: str) -> None:
    """Number the rows 0, 1, 2 ... whatever was deleted before."""
    schema, name = table.split(".")
    (definition,) = session.rows(
        "SELECT sql FROM duckdb_tables() WHERE database_name = ? AND lower(schema_name) = ? AND lower(table_name) = ?",
        [session.database.name, schema, name],
    )[0]
    columns = definition[definition.index("(") :]
    again = f"{schema}.{name}$again"
    session.run(f"CREATE TABLE {quoted_name(again)}{columns}")
    session.run(f"INSERT INTO {quoted_name(again)} SELECT * FROM {quoted_name(table)} ORDER BY rowid")
    session.run(f"DROP TABLE {quoted_name(table)}")
    session.run(f"ALTER TABLE {quoted_name(again)} RENAME TO {quoted(name)}")
