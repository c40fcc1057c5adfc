"""The database and its schemas: DuckDB's own."""

from snowglobe.errors import already_exists
from snowglobe.names import quoted
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.table import read_create, strip_properties
from snowglobe.query import translate
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens


def create_database(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE DATABASE IF NOT EXISTS name: the warehouse is one database, which is always there."""
    tree = read_create(tokens.sql)
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


DATABASE = ObjectKind("DATABASE", create_database)
SCHEMA = ObjectKind("SCHEMA", create_schema)
