"""The database and its schemas: DuckDB's own."""

from sqlglot import exp

from snowglobe.errors import NotSupportedError, already_exists
from snowglobe.names import quoted
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.table import read_create, strip_properties
from snowglobe.query import translate
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head, syntax_error


def create_database(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE DATABASE IF NOT EXISTS name [DEFAULT_DDL_COLLATION = '']: the warehouse is one database, always there."""
    tree = read_create(tokens.sql)
    _take_no_collation(tree, tokens.sql)
    strip_properties(tree, tokens.sql)
    name = translate.table_name(tree.this)
    session.check_database(name)
    if not tree.args.get("exists"):
        raise already_exists(name)
    return status(f"{name.upper()} already exists, statement succeeded.")


def create_schema(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE SCHEMA [IF NOT EXISTS] name, which is then the session's own."""
    tree = read_create(tokens.sql)
    strip_properties(tree, tokens.sql)
    *database, name = [part.name.lower() for part in tree.this.parts]
    if database:
        session.check_database(database[0])
    exists = session.schema_exists(name)
    if exists and not tree.args.get("exists"):
        raise already_exists(name)
    session.qualify(f"{name}.any")
    if not exists:
        with session.ddl():
            session.run(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}")
    session.use_schema(name)
    return status(f"Schema {name.upper()} successfully created.")


def _take_no_collation(tree: exp.Create, sql: str) -> None:
    """Take DEFAULT_DDL_COLLATION = '' out of a CREATE: texts are compared byte by byte, and no other is known.

    docs.snowflake.com, "Collation support": '' is none, whatever the account has.
    """
    properties = tree.args.get("properties")
    for item in list(properties.expressions) if properties else ():
        if type(item) is exp.Property and item.name.upper() == "DEFAULT_DDL_COLLATION":
            value = item.args["value"]
            if not (isinstance(value, exp.Literal) and value.is_string):
                raise syntax_error(sql, "DEFAULT_DDL_COLLATION takes a text")
            if value.name:
                message = f"The embedded warehouse knows no collation, only '': {head(sql)}"
                raise NotSupportedError(message, 2, "0A000")
            item.pop()


DATABASE = ObjectKind("DATABASE", create_database)
SCHEMA = ObjectKind("SCHEMA", create_schema)
