"""Tables: DuckDB's own, with Snowflake's properties checked."""

import re
from copy import copy

from sqlglot import exp

from snowglobe.catalog import Retention, Stream, TransientTable, View, WorkTable, work_table_begins
from snowglobe.errors import NotSupportedError, ProgrammingError, already_exists
from snowglobe.names import quoted, quoted_name
from snowglobe.objects import retention, stream
from snowglobe.objects.drop import answer
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.limits import Limit, limit
from snowglobe.objects.rewrite import definition, is_work_table, limits, set_limit, set_type
from snowglobe.query import translate, types
from snowglobe.query.adapt import adapt
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head, unknown

# Texts are compared as they are.
_COLLATION = "DEFAULT_DDL_COLLATION"
# A number as DuckDB has it; one without a scale is a whole number of 8 or 16 bytes.
_NUMBER = re.compile(r"DECIMAL\(([0-9]+),([0-9]+)\)|BIGINT")
_NULLABLE = """
SELECT lower(column_name), is_nullable FROM duckdb_columns()
WHERE database_name = ? AND lower(schema_name) = ? AND lower(table_name) = ?
"""


def create_table(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER] [TRANSIENT] TABLE [IF NOT EXISTS] name (columns)."""
    sql = tokens.sql
    tree = read_create(sql)
    transient = tree.find(exp.TransientProperty) is not None
    kept = retention.of_table(tree, sql)
    strip_properties(tree, sql)
    if not isinstance(tree.this, exp.Schema):
        raise unknown(sql)
    name = session.qualify(translate.table_name(tree.this.this))
    is_new = not session.table_columns(name)
    if clauses.or_alter:
        result = _create_or_alter_table(session, tree, sql, transient)
    else:
        result = _create_table(session, tree, sql, transient)
    if kept and (is_new or clauses.or_alter):
        retention.keep(session, name, kept)
    return result


def alter_table(session: Session, tokens: Tokens) -> Result:
    """ALTER TABLE name ADD COLUMN [IF NOT EXISTS] column type, ALTER COLUMN column TYPE type, or SET a retention.

    The streams on the table follow.
    """
    sql = tokens.sql
    ahead = copy(tokens)
    name = session.qualify(ahead.name())
    if ahead.accept("SET"):
        return retention.alter(session, name, ahead)
    tree = translate.parse(sql, sql)
    actions = tree.args.get("actions") or []
    if not isinstance(tree, exp.Alter) or not actions:
        raise unknown(sql)
    table = session.qualify(translate.table_name(tree.this))
    with session.ddl():
        for action in actions:
            match action:
                case exp.ColumnDef():
                    if not (action.args.get("exists") and _has(session, table, action.name)):
                        _add_column(session, table, action, sql)
                case exp.AlterColumn(args={"dtype": exp.DataType() as kind}):
                    _alter_column(session, table, action.name.lower(), kind, sql)
                case _:
                    raise unknown(sql)
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


def read_create(sql: str) -> exp.Create:
    """The syntax tree of a CREATE without a query."""
    tree = translate.parse(sql, sql)
    if not isinstance(tree, exp.Create) or tree.args.get("expression") or tree.find(exp.CopyGrantsProperty):
        raise unknown(sql)
    return tree


def strip_properties(tree: exp.Create, sql: str) -> None:
    """Take comments and how long rows are kept out of a CREATE; any other property is an error."""
    properties = tree.args.get("properties")
    for item in properties.expressions if properties else ():
        value = item.args.get("value")
        if type(item) is exp.Property and item.name.upper() == _COLLATION and value == exp.Literal.string(""):
            continue
        if type(item) is exp.Property and item.name.upper() not in retention.PARAMETERS:
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
    limits_in_sql = "".join(f", CHECK ({each.condition})" for each in map(_limit, tree.this.expressions) if each)
    adapted = adapt(tree)
    _leave_as_it_is(adapted)
    text = translate.generate(adapted, sql)
    text = f"{text[: text.rindex(')')]}{limits_in_sql})"
    with session.ddl():
        if transient and name in session.database.work_tables:
            _put_work_table(session, name, text[text.index("(") :])
            make_work_tables(session)
        else:
            session.run(text)
            if transient:
                session.catalog.put(session.duck, TransientTable(name))
    return status(f"Table {name.upper()} successfully created.")


def _leave_as_it_is(tree: exp.Expr) -> None:
    """Have BINARY columns stored as they are: with a hash DuckDB would try all ways to make it smaller, in vain."""
    for column in tree.find_all(exp.ColumnDef):
        if column.kind and column.kind.is_type("BLOB"):
            column.set("kind", exp.var("BLOB USING COMPRESSION uncompressed"))


def _put_work_table(session: Session, name: str, columns: str) -> None:
    """DuckDB's temporary table: not in the log, each session's own.

    In Snowflake its rows would outlive the session. A name with a schema does not find it, so that nobody takes it for
    more.
    """
    session.catalog.put(session.duck, WorkTable(name, f"{work_table_begins(name)} {columns}"))


def _create_or_alter_table(session: Session, tree: exp.Create, sql: str, transient: bool) -> Result:
    """CREATE OR ALTER TABLE: of a table that exists, columns are added or made larger; all other changes are errors."""
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
    nullable = dict(session.rows(_NULLABLE, [session.database.name, *name.split(".")]))
    with session.ddl():
        for column, declared in wanted.items():
            if column not in existing:
                _add_column(session, name, declared, sql)
            elif _is_not_null(declared) == nullable.get(column, True):
                raise _another_type(column, sql)
            else:
                _alter_column(session, name, column, declared.args["kind"], sql)
    return status(f"Table {name.upper()} successfully altered.")


def _alter_column(session: Session, table: str, column: str, kind: exp.DataType, sql: str) -> None:
    """Have a column hold more, or a number fewer digits, within DuckDB's one type for both."""
    existing = {name.lower(): kind for name, kind in session.table_columns(table).items()}
    if column not in existing:
        raise ProgrammingError(f"Invalid identifier {column} in: {head(sql)}", 904, "42000")
    wanted_type = session.rows(f"SELECT typeof(CAST(NULL AS {_type(kind, sql)}))")[0][0]
    if wanted_type != existing[column]:
        if not _has_more_digits(existing[column], kind) or session.catalog.streams_on(table):
            raise _another_type(column, sql)
        set_type(session, table, column, wanted_type, limit(column, kind))
        _follow(session, table)
        return
    before, wanted = limits(session, table).get(column), limit(column, kind)
    # A table made by an earlier version has no limits.
    if before is None or wanted is None or before == wanted.most:
        return
    if wanted.most < before and types.length(kind) is not None:
        name = "BINARY" if kind.this is exp.DType.BINARY else "VARCHAR"
        change = f"{column.upper()} from type {name}({before}) to {name}({wanted.most})"
        reason = f"because reducing the byte-length of {name.lower()} is not supported."
        raise ProgrammingError(f"SQL compilation error: cannot change column {change} {reason}", 40050, "22000")
    set_limit(session, table, column, wanted)
    _follow(session, table)


def _has_more_digits(existing: str, kind: exp.DataType) -> bool:
    """Whether a number of DuckDB's type `existing` is one of `kind` too (docs.snowflake.com, "ALTER TABLE ... ALTER
    COLUMN").
    """
    found, wanted = _NUMBER.fullmatch(existing), types.digits(kind)
    if not found or not wanted:
        return False
    digits, scale = (int(found[1]), int(found[2])) if found[1] else (0, 0)
    return scale == wanted[1] and digits <= wanted[0]


def _has(session: Session, table: str, column: str) -> bool:
    return column.lower() in map(str.lower, session.table_columns(table))


def _another_type(column: str, sql: str) -> NotSupportedError:
    message = f"The embedded warehouse does not change the type of a column ({column}): {head(sql)}"
    return NotSupportedError(message, 2, "0A000")


def _add_column(session: Session, table: str, column: exp.ColumnDef, sql: str) -> None:
    if _is_not_null(column):
        message = f"The embedded warehouse adds no column that is NOT NULL ({column.name}): {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
    altered = f"temp.{quoted(table.partition('.')[2])}" if is_work_table(session, table) else quoted_name(table)
    kind = _type(column.args["kind"], sql)
    session.run(f"ALTER TABLE {altered} ADD COLUMN {quoted(column.name)} {kind}")
    if wanted := _limit(column):
        set_limit(session, table, column.name, wanted)
    for watching in session.catalog.streams_on(table):
        stream.add_column(session, watching, column.name, kind)
    _follow(session, table)


def _follow(session: Session, table: str) -> None:
    """Have everybody know the table as it is now."""
    if is_work_table(session, table):
        _put_work_table(session, table, definition(session, table))
    session.catalog.changed()
    for watching in session.catalog.streams_on(table):
        stream.create_view(session, watching)


def _limit(column: exp.ColumnDef) -> Limit | None:
    return limit(column.name, column.args["kind"])


def _type(kind: exp.DataType, sql: str) -> str:
    """A column's type in DuckDB's SQL."""
    return translate.generate(adapt(kind), sql)


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
        catalog.drop(session.duck, Retention, name)
        if catalog.get(WorkTable, name):
            session.run(f"DROP TABLE temp.{quoted(name.partition('.')[2])}")
        else:
            session.run(f"DROP TABLE {quoted_name(name)}")
        for kind in (WorkTable, TransientTable):
            catalog.drop(session.duck, kind, name)
    return True


TABLE = ObjectKind("TABLE", create_table, alter_table, drop_table, or_alter=True)
