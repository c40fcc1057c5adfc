"""Databases, schemas, tables and views: mostly DuckDB's own, with Snowflake's properties checked and its rules about streams kept."""

from sqlglot import exp

from customertrack.embedded import dialect, stream
from customertrack.embedded.catalog import Function, Pipe, Procedure, Stage, Stream, Task, TransientTable, View
from customertrack.embedded.errors import NotSupportedError, ProgrammingError
from customertrack.embedded.results import Result, status
from customertrack.embedded.session import Session, quoted, quoted_name
from customertrack.embedded.tokens import Tokens, head

# Properties without effect on one machine; all others are errors.
_IGNORED = (exp.TransientProperty, exp.SchemaCommentProperty)
_IGNORED_KEYS = {"DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS"}
_DROPPED = {"STREAM": Stream, "PIPE": Pipe, "TASK": Task, "STAGE": Stage, "PROCEDURE": Procedure}


def create(session: Session, sql: str, or_alter: bool, functions: frozenset[str]) -> Result:
    """CREATE DATABASE, SCHEMA, TABLE or VIEW."""
    tree = dialect.parse(sql, sql)
    if not isinstance(tree, exp.Create):
        raise dialect.unknown(sql)
    transient = tree.find(exp.TransientProperty) is not None
    _strip_properties(tree, sql)
    match str(tree.args.get("kind")):
        case "DATABASE":
            session.check_database(tree.this.name)
            return status(f"{tree.this.name.upper()} already exists, statement succeeded.")
        case "SCHEMA":
            return _create_schema(session, tree)
        case "TABLE":
            return _create_table(session, tree, sql, or_alter, transient, functions)
        case "VIEW":
            return _create_view(session, tree, sql, functions)
    raise dialect.unknown(sql)


def alter_table(session: Session, sql: str) -> Result:
    """ALTER TABLE name ADD COLUMN column type. The streams on the table follow."""
    tree = dialect.parse(sql, sql)
    actions = tree.args.get("actions") or []
    if not isinstance(tree, exp.Alter) or not all(isinstance(action, exp.ColumnDef) for action in actions) or not actions:
        raise dialect.unknown(sql)
    table = session.qualify(dialect.table_name(tree.this))
    with session.ddl():
        for action in actions:
            _add_column(session, table, action, sql)
    return status("Statement executed successfully.")


def drop(session: Session, tokens: Tokens) -> Result:
    """DROP TABLE | VIEW | SCHEMA | FUNCTION | STREAM | PIPE | TASK | STAGE | PROCEDURE [IF EXISTS] name."""
    kind = tokens.peek()
    tokens.accept(kind)
    if_exists = tokens.accept("IF", "EXISTS")
    name = session.qualify(tokens.name())
    tokens.accept("(", ")")
    tokens.end()
    if kind not in ("TABLE", "VIEW", *_DROPPED):
        raise dialect.unknown(tokens.sql)
    if kind in ("TABLE", "VIEW"):
        if session.catalog.streams_on(name):
            raise NotSupportedError(f"The embedded warehouse cannot drop {name}, a stream watches it: drop the stream first", 2, "0A000")
        with session.ddl():
            session.run(f"DROP {kind} {'IF EXISTS ' if if_exists else ''}{quoted_name(name)}")
            session.catalog.drop(session.duck, View, name)
        return status(f"{name.upper()} successfully dropped.")
    entry = session.catalog.get(_DROPPED[kind], name)
    if entry is None and not if_exists:
        raise ProgrammingError(f"{kind.capitalize()} '{name.upper()}' does not exist or not authorized.", 2003, "02000")
    if entry is not None:
        with session.ddl():
            if isinstance(entry, Stream):
                stream.drop_stream(session, entry)
            else:
                session.catalog.drop(session.duck, type(entry), name)
    return status(f"{name.upper()} successfully dropped.")


def function_names(session: Session) -> frozenset[str]:
    """The names, qualified or not, by which the catalog's functions may be called."""
    names = [function.name for function in session.catalog.all(Function)]
    return frozenset(names) | {name.partition(".")[2] for name in names}


def _create_schema(session: Session, tree: exp.Create) -> Result:
    *database, name = [part.name.lower() for part in tree.this.parts]
    if database:
        session.check_database(database[0])
    exists = session.schema_exists(name)
    if exists and not (tree.args.get("exists") or tree.args.get("replace")):
        raise ProgrammingError(f"Object '{name.upper()}' already exists.", 2002, "42710")
    if not exists:
        with session.ddl():
            session.run(f"CREATE SCHEMA {quoted(name)}")
    session.use_schema(name)
    return status(f"Schema {name.upper()} successfully created.")


def _create_table(session: Session, tree: exp.Create, sql: str, or_alter: bool, transient: bool, functions: frozenset[str]) -> Result:
    if tree.args.get("replace") and not or_alter:
        raise NotSupportedError(f"CREATE OR REPLACE TABLE loses the rows and stops the streams; use IF NOT EXISTS or OR ALTER: {head(sql)}", 2, "0A000")
    definition = tree.this
    name = session.qualify(dialect.table_name(definition.this if isinstance(definition, exp.Schema) else definition))
    existing = session.table_columns(name)
    if existing and or_alter:
        return _alter_to(session, name, existing, definition, sql)
    tree.set("replace", False)
    definition_sql = dialect.generate(dialect.adapt(tree, sql, functions), sql)
    with session.ddl():
        if transient:
            _create_transient(session, name, definition_sql)
        else:
            session.run(definition_sql)
    return status(f"Table {name.upper()} successfully created.")


def _create_transient(session: Session, name: str, definition: str) -> None:
    """A table without fail-safe and time travel is DuckDB's temporary one: never in the write-ahead log, and each session's own.

    In Snowflake its rows would outlive the session. sql/ has only tables like this whose rows are worthless after the refresh; a name with a schema
    does not find them, so that nobody takes them for more.
    """
    if session.catalog.get(TransientTable, name) is None:
        table = TransientTable(name, f"CREATE TEMPORARY TABLE IF NOT EXISTS {quoted(name.partition('.')[2])} {definition[definition.index('(') :]}")
        session.catalog.put(session.duck, table)
    make_transient(session)


def make_transient(session: Session) -> None:
    """Have the transient tables of the catalog in this session."""
    for table in session.catalog.all(TransientTable):
        session.run(table.definition)


def _alter_to(session: Session, name: str, existing: dict[str, str], definition: exp.Expression, sql: str) -> Result:
    """CREATE OR ALTER TABLE on a table that exists: new columns are added; one that would vanish is an error."""
    wanted = {column.name.lower(): column for column in definition.expressions if isinstance(column, exp.ColumnDef)}
    if gone := sorted(set(map(str.lower, existing)) - set(wanted)):
        raise NotSupportedError(f"The embedded warehouse does not drop columns ({', '.join(gone)}): {head(sql)}", 2, "0A000")
    with session.ddl():
        for column in wanted.keys() - set(map(str.lower, existing)):
            _add_column(session, name, wanted[column], sql)
    return status(f"Table {name.upper()} successfully altered.")


def _add_column(session: Session, table: str, column: exp.ColumnDef, sql: str) -> None:
    kind = dialect.generate(dialect.adapt(column.args["kind"].copy(), sql, frozenset()), sql)
    session.run(f"ALTER TABLE {quoted_name(table)} ADD COLUMN {quoted(column.name)} {kind}")
    for watching in session.catalog.streams_on(table):
        stream.create_view(session, watching)


def _create_view(session: Session, tree: exp.Create, sql: str, functions: frozenset[str]) -> Result:
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    name = session.qualify(dialect.table_name(target))
    reads = [session.qualify(read) for read in sorted(dialect.table_names(tree, leave_out=target))]
    with session.ddl():
        session.run(dialect.generate(dialect.adapt(tree, sql, functions), sql))
        session.catalog.put(session.duck, View(name, reads))
    return status(f"View {name.upper()} successfully created.")


def _strip_properties(tree: exp.Create, sql: str) -> None:
    properties = tree.args.get("properties")
    for item in properties.expressions if properties else ():
        known = isinstance(item, _IGNORED) or (type(item) is exp.Property and item.name.upper() in _IGNORED_KEYS)
        if not known:
            raise NotSupportedError(f"The embedded warehouse does not know {item.sql(dialect='snowflake')}: {head(sql)}", 2, "0A000")
    tree.set("properties", None)
    for constraint in list(tree.find_all(exp.ColumnConstraint)):
        if isinstance(constraint.kind, exp.CommentColumnConstraint):
            constraint.pop()
