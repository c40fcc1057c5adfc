"""What a role was granted, and what a session with a role of its own may therefore do: read, and no more than that.

A session without a role is the owner's, and may do everything. So a grant costs nothing where nobody asks for it.
Which privilege a statement needs stands on its page: "Access control requirements", or its usage notes.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from snowglobe.catalog import Entry, Function, Stream, View
from snowglobe.errors import ProgrammingError, does_not_exist
from snowglobe.session import Session
from snowglobe.tokens import head

# Kinds whose objects are in no schema.
OF_THE_ACCOUNT = frozenset({"ACCOUNT", "DATABASE", "INTEGRATION", "WAREHOUSE", "USER"})
_READING = frozenset(
    {"SELECT", "WITH", "USE", "DESC", "DESCRIBE", "LIST", "LS", "BEGIN", "START", "COMMIT", "ROLLBACK"}
)
_ALL = {"ALL", "ALL PRIVILEGES", "OWNERSHIP"}


@dataclass(frozen=True)
class Grant(Entry):
    """What one role may do with one object: `name` is made of the three by `name_of`."""

    words = "GRANT"
    in_schema = False
    role: str
    kind: str
    on: str
    privileges: list[str]


def name_of(role: str, kind: str, on: str) -> str:
    """The name of the grant of a role on an object: there is one."""
    return f"{role} {kind} {on}"


def exists(session: Session, kind: str, on: str) -> bool:
    """Whether there is such an object. On one machine those of the account may be only named."""
    if kind in OF_THE_ACCOUNT:
        return True
    if kind == "SCHEMA":
        return session.schema_exists(on)
    if kind in ("TABLE", "VIEW"):
        return bool(session.table_columns(on)) and (session.catalog.get(View, on) is not None) == (kind == "VIEW")
    return session.catalog.has(kind.title().replace(" ", ""), on)


def forget_what_is_gone(session: Session) -> None:
    """After a DROP: the grants on an object go with it, and do not come back with another of its name."""
    gone = [grant for grant in session.catalog.all(Grant) if not exists(session, grant.kind, grant.on)]
    if gone:
        with session.ddl():
            for grant in gone:
                session.catalog.drop(session.duck, Grant, grant.name)


@contextmanager
def as_the_role_in_use(session: Session) -> Iterator[None]:
    """What is asked within it is asked of the role that USE ROLE named, if it named one."""
    before, session.role = session.role, session.role or session.used_role
    try:
        yield
    finally:
        session.role = before


def revoke_all(session: Session, name: str) -> None:
    """Drop the grants on an object of a schema, within the open transaction."""
    for grant in session.catalog.all(Grant):
        if grant.on == name:
            session.catalog.drop(session.duck, Grant, grant.name)


def may(session: Session, privilege: str, kind: str, on: str) -> bool:
    """Whether the session's role has the privilege, or may do everything. `on`: qualified, if it is in a schema."""
    if not session.role:
        return True
    grant = session.catalog.get(Grant, name_of(session.role, kind, on))
    return grant is not None and bool({privilege, *_ALL} & {*grant.privileges})


def require(session: Session, privilege: str, kind: str, on: str) -> None:
    """Raise ProgrammingError unless the session's role has the privilege, on the object and on what it is in."""
    inside = () if kind in OF_THE_ACCOUNT else (("DATABASE", session.database.name), ("SCHEMA", on.partition(".")[0]))
    if not all(may(session, "USAGE", *place) for place in inside) or not may(session, privilege, kind, on):
        raise does_not_exist(kind, on)


def check_schema(session: Session, name: str) -> None:
    """Raise ProgrammingError unless the session's role may use the schema."""
    if not (may(session, "USAGE", "DATABASE", session.database.name) and may(session, "USAGE", "SCHEMA", name)):
        raise ProgrammingError(f"Schema '{name.upper()}' does not exist or not authorized", 2043, "02000")


def check_statement(session: Session, word: str, sql: str) -> None:
    """Raise ProgrammingError (3001) for a statement that does not read, by its first word."""
    if session.role and word not in _READING:
        message = f"SQL access control error: Insufficient privileges to operate on: {head(sql)}"
        raise ProgrammingError(message, 3001, "42501")


def check_reads(session: Session, names: Iterable[str]) -> None:
    """Raise ProgrammingError unless the session's role may read all that a query names; what a view reads, it may."""
    if not session.role:
        return
    for name in sorted(names):
        if session.catalog.get(Function, name):
            require(session, "USAGE", "FUNCTION", name)
        elif stream := session.catalog.get(Stream, name):
            require(session, "SELECT", "STREAM", name)
            require(session, "SELECT", "TABLE", stream.table)
        else:
            require(session, "SELECT", "VIEW" if session.catalog.get(View, name) else "TABLE", name)


def those_it_may(session: Session, allowed: Callable[[Grant], bool]) -> list[str] | None:
    """The objects of the role's grants that are allowed, qualified; None if it may do everything."""
    if not session.role:
        return None
    return [each.on for each in session.catalog.all(Grant) if each.role == session.role and allowed(each)]
