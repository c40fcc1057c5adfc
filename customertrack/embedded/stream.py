"""Streams: CREATE STREAM ... APPEND_ONLY = TRUE. Each insert into the watched table also goes to the stream's delta, until a DML statement that reads
the stream commits. A delete on the table leaves the delta alone, as an append-only stream shows rows that are gone by now."""

from customertrack.embedded.catalog import Stream
from customertrack.embedded.errors import NotSupportedError, ProgrammingError
from customertrack.embedded.results import Result, status
from customertrack.embedded.session import Session, quoted, quoted_name
from customertrack.embedded.tokens import Tokens, head

_COLUMNS = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name = ? AND lower(schema_name) = ? AND lower(table_name) = ? ORDER BY column_index
"""
_OPTIONS = {"APPEND_ONLY": True, "COMMENT": ""}


def create_stream(session: Session, tokens: Tokens, if_not_exists: bool) -> Result:
    """CREATE STREAM [IF NOT EXISTS] name ON TABLE table APPEND_ONLY = TRUE."""
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
    stream = Stream(name, table, f"embedded.{quoted('stream_' + name)}")
    with session.ddl():
        columns = table_columns(session, table)
        if not columns:
            raise ProgrammingError(f"Table '{table.upper()}' does not exist or not authorized.", 2003, "42S02")
        session.run(
            f"CREATE TABLE {stream.delta} AS SELECT nextval('embedded.stream_position') AS position, t.* FROM {quoted_name(table)} AS t LIMIT 0"
        )
        _create_view(session, stream, columns)
        session.catalog.put(session.duck, stream)
    return status(f"Stream {name.upper()} successfully created.")


def add_column(session: Session, stream: Stream, column: str, duck_type: str) -> None:
    """Follow an ALTER TABLE ... ADD COLUMN of the watched table, within its transaction."""
    session.run(f"ALTER TABLE {stream.delta} ADD COLUMN {quoted(column)} {duck_type}")
    _create_view(session, stream, table_columns(session, stream.table))


def drop_stream(session: Session, stream: Stream) -> None:
    """Take a stream away with what it holds, within the open transaction."""
    session.run(f"DROP VIEW {quoted_name(stream.name)}")
    session.run(f"DROP TABLE {stream.delta}")
    session.catalog.drop(session.duck, Stream, stream.name)


def insert(session: Session, table: str, columns: tuple[str, ...], source: str, params: object) -> int:
    """Insert the rows of the DuckDB query `source` into a table and the streams on it; returns how many. `params` are the query's binds."""
    streams = session.catalog.streams_on(table)
    for stream in streams:
        if session.has_consumed(stream):
            raise NotSupportedError(
                f"The embedded warehouse cannot insert into {table} in a transaction that has read its stream {stream.name}: commit first", 2, "0A000"
            )
    names = ", ".join(quoted(column) for column in columns or table_columns(session, table))
    with session.atomic():
        if not streams:
            return _count(session, f"INSERT INTO {quoted_name(table)} ({names}) {source}", params)
        first = streams[0].delta
        before = session.rows(f"SELECT COALESCE(MAX(position), 0) FROM {first}")[0][0]
        values = f"SELECT nextval('embedded.stream_position'), source.* FROM ({source}) AS source"
        _count(session, f"INSERT INTO {first} (position, {names}) {values}", params)
        count = _count(session, f"INSERT INTO {quoted_name(table)} ({names}) SELECT {names} FROM {first} WHERE position > ?", [before])
        for stream in streams[1:]:
            _count(session, f"INSERT INTO {stream.delta} (position, {names}) SELECT position, {names} FROM {first} WHERE position > ?", [before])
        return count


def has_data(session: Session, name: str) -> str:
    """SYSTEM$STREAM_HAS_DATA as a DuckDB condition."""
    stream = session.catalog.get(Stream, session.qualify(name))
    if stream is None:
        raise ProgrammingError(f"Stream '{name.upper()}' does not exist or not authorized.", 2003, "02000")
    return f"EXISTS (SELECT 1 FROM {stream.delta})"


def table_columns(session: Session, table: str) -> dict[str, str]:
    """The columns of a table with their DuckDB types, in order; empty if there is no such table."""
    known, at = session.database.table_columns, (session.catalog.version, table)
    if at not in known:
        schema, name = table.split(".")
        found = session.rows(_COLUMNS, [session.database.name, schema, name])
        known[at] = {str(column): str(kind) for column, kind in found}
    return known[at]


def _create_view(session: Session, stream: Stream, columns: dict[str, str]) -> None:
    """The stream as something to SELECT from, with Snowflake's three columns at the end."""
    names = ", ".join(quoted(column) for column in columns)
    session.run(
        f"CREATE OR REPLACE VIEW {quoted_name(stream.name)} AS SELECT {names}, 'INSERT' AS \"METADATA$ACTION\", FALSE AS \"METADATA$ISUPDATE\", "
        f"CAST(position AS VARCHAR) AS \"METADATA$ROW_ID\" FROM {stream.delta}"
    )


def _count(session: Session, sql: str, params: object) -> int:
    return int(session.run(sql, params).fetchall()[0][0])  # type: ignore[arg-type]
