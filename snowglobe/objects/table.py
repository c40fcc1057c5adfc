"""Tables: DuckDB's own, with Snowflake's properties checked."""

from sqlglot import exp

from snowglobe.catalog import Stream, TransientTable, View, WorkTable
from snowglobe.errors import NotSupportedError, already_exists
from snowglobe.names import quoted, quoted_name
from snowglobe.objects import stream
from snowglobe.objects.drop import answer
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.query import translate
from snowglobe.query.adapt import adapt
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head, unknown

# Properties without effect on one machine; all others are errors.
_WITHOUT_EFFECT = {"DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS"}
_NULLABLE = """
SELECT lower(column_name), is_nullable FROM duckdb_columns()
WHERE database_name = ? AND lower(schema_name) = ? AND lower(table_name) = ?
"""


def create_table(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER] [TRANSIENT] TABLE [IF NOT EXISTS] name (columns)."""
    sql = tokens.sql
    tree = read_create(sql)
    transient = tree.find(exp.TransientProperty) is not None
    strip_properties(tree, sql)
    if not isinstance(tree.this, exp.Schema):
        raise unknown(sql)
    if clauses.or_alter:
        return _create_or_alter_table(session, tree, sql, transient)
    return _create_table(session, tree, sql, transient)


def alter_table(session: Session, tokens: Tokens) -> Result:
    """ALTER TABLE name ADD COLUMN column type. The streams on the table follow."""
    sql = tokens.sql
    tree = translate.parse(sql, sql)
    actions = tree.args.get("actions") or []
    if not isinstance(tree, exp.Alter) or not actions or not all(isinstance(a, exp.ColumnDef) for a in actions):
        raise unknown(sql)
    table = session.qualify(translate.table_name(tree.this))
    with session.ddl():
        for action in actions:
            _add_column(session, table, action, sql)
    return status("Statement executed successfully.")


def drop_table(session: Session, tokens: Tokens) -> Result:
    """DROP TABLE [IF EXISTS] name."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = session.qualify(tokens.name())
    tokens.end()
    return answer("TABLE", name, _drop(session, name), if_exists)


def make_work_tables(session: Session) -> None:
    """Have the work tables of the catalog in this session."""
    for table in session.catalog.all(WorkTable):
        session.run(table.definition)


def reclaim(session: Session, table: WorkTable) -> None:
    """Make a work table anew if it holds no row: DuckDB never gives back what was deleted from a temporary table.

    One large batch, such as the first load, would slow down every scan of a work table after it.
    """
    own_name = quoted(table.name.partition(".")[2])
    if session.rows(f"SELECT COUNT(*) FROM temp.{own_name}")[0][0] == 0:
        session.run(f"DROP TABLE temp.{own_name}")
        session.run(table.definition)


def read_create(sql: str) -> exp.Create:
    """The syntax tree of a CREATE without a query."""
    tree = translate.parse(sql, sql)
    if not isinstance(tree, exp.Create) or tree.args.get("expression") or tree.find(exp.CopyGrantsProperty):
        raise unknown(sql)
    return tree


def strip_properties(tree: exp.Create, sql: str) -> None:
    """Take comments and properties without effect out of a CREATE; any other property is an error."""
    properties = tree.args.get("properties")
    for item in properties.expressions if properties else ():
        if type(item) is exp.Property and item.name.upper() not in _WITHOUT_EFFECT:
            message = f"The embedded warehouse does not know {item.sql(dialect='snowflake')}: {head(sql)}"
            raise NotSupportedError(message, 2, "0A000")
    tree.set("properties", None)
    for constraint in list(tree.find_all(exp.ColumnConstraint)):
        if isinstance(constraint.kind, exp.CommentColumnConstraint):
            constraint.pop()


def _create_table(session: Session, tree: exp.Create, sql: str, transient: bool) -> Result:
    name = session.qualify(translate.table_name(tree.this.this))
    if session.table_columns(name):
        if not tree.args.get("exists"):
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    tree.set("replace", False)
    definition = translate.generate(adapt(tree), sql)
    with session.ddl():
        if transient and name in session.database.work_tables:
            _create_work_table(session, name, definition)
        else:
            session.run(definition)
            if transient:
                session.catalog.put(session.duck, TransientTable(name))
    return status(f"Table {name.upper()} successfully created.")


def _create_work_table(session: Session, name: str, definition: str) -> None:
    """DuckDB's temporary table: not in the log, each session's own.

    In Snowflake its rows would outlive the session. A name with a schema does not find it, so that nobody takes it for
    more.
    """
    _put_work_table(session, name, definition[definition.index("(") :])
    make_work_tables(session)


def _put_work_table(session: Session, name: str, columns: str) -> None:
    own_name = quoted(name.partition(".")[2])
    table = WorkTable(name, f"CREATE TEMPORARY TABLE IF NOT EXISTS {own_name} {columns}")
    session.catalog.put(session.duck, table)


def _create_or_alter_table(session: Session, tree: exp.Create, sql: str, transient: bool) -> Result:
    """CREATE OR ALTER TABLE: of a table that exists, new columns are added, and any other change is an error."""
    name = session.qualify(translate.table_name(tree.this.this))
    existing = {column.lower(): kind for column, kind in session.table_columns(name).items()}
    if not existing:
        return _create_table(session, tree, sql, transient)
    if session.catalog.get(View, name) or session.catalog.get(Stream, name):
        raise already_exists(name)
    if transient != any(session.catalog.get(kind, name) for kind in (TransientTable, WorkTable)):
        message = f"The embedded warehouse cannot make a table transient or permanent: {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    wanted = {column.name.lower(): column for column in tree.this.expressions}
    if gone := sorted(existing.keys() - wanted.keys()):
        message = f"The embedded warehouse does not drop columns ({', '.join(gone)}): {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    _check_unchanged(session, name, existing, wanted, sql)
    with session.ddl():
        for column, definition in wanted.items():
            if column not in existing:
                _add_column(session, name, definition, sql)
    return status(f"Table {name.upper()} successfully altered.")


def _check_unchanged(
    session: Session, table: str, existing: dict[str, str], wanted: dict[str, exp.ColumnDef], sql: str
) -> None:
    nullable = dict(session.rows(_NULLABLE, [session.database.name, *table.split(".")]))
    for name, kind in existing.items():
        wanted_kind = session.rows(f"SELECT typeof(CAST(NULL AS {_type(wanted[name], sql)}))")[0][0]
        if wanted_kind != kind or _is_not_null(wanted[name]) == nullable.get(name, True):
            message = f"The embedded warehouse does not change the type of a column ({name}): {head(sql)}"
            raise NotSupportedError(message, 2, "0A000")


def _add_column(session: Session, table: str, column: exp.ColumnDef, sql: str) -> None:
    if _is_not_null(column):
        message = f"The embedded warehouse adds no column that is NOT NULL ({column.name}): {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    work_table = session.catalog.get(WorkTable, table) is not None
    altered = f"temp.{quoted(table.partition('.')[2])}" if work_table else quoted_name(table)
    session.run(f"ALTER TABLE {altered} ADD COLUMN {quoted(column.name)} {_type(column, sql)}")
    if work_table:
        _put_work_table(session, table, session.columns_in_sql(table, temporary=True))
    session.catalog.changed()
    for watching in session.catalog.streams_on(table):
        stream.add_column(session, watching, column.name, _type(column, sql))


def _type(column: exp.ColumnDef, sql: str) -> str:
    """A column's type in DuckDB's SQL."""
    return translate.generate(adapt(column.args["kind"].copy()), sql)


def _is_not_null(column: exp.ColumnDef) -> bool:
    return any(
        isinstance(constraint.kind, exp.NotNullColumnConstraint) for constraint in column.find_all(exp.ColumnConstraint)
    )


def _drop(session: Session, name: str) -> bool:
    """Drop the table, if there is one."""
    catalog = session.catalog
    if not session.table_columns(name) or catalog.get(View, name) or catalog.get(Stream, name):
        return False
    if catalog.streams_on(name):
        message = f"The embedded warehouse cannot drop {name}, a stream watches it: drop the stream first"
        raise NotSupportedError(message, 2, "0A000")
    with session.ddl():
        if catalog.get(WorkTable, name):
            session.run(f"DROP TABLE temp.{quoted(name.partition('.')[2])}")
        else:
            session.run(f"DROP TABLE {quoted_name(name)}")
        for kind in (WorkTable, TransientTable):
            catalog.drop(session.duck, kind, name)
    return True


TABLE = ObjectKind("TABLE", create_table, alter_table, drop_table, or_alter=True)
