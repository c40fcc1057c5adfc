"""Users, roles, warehouses and grants: checked; users and grants are kept. Roles and warehouses mean nothing more here.

A user is one of a service, which signs in by workload identity or by key pair, because that is what a deployment makes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from snowglobe.account.privileges import OF_THE_ACCOUNT, Grant, exists, name_of
from snowglobe.catalog import Entry
from snowglobe.errors import NotSupportedError, ProgrammingError, already_exists, does_not_exist
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head, unknown

_OPTIONS: dict[str, dict[str, Any]] = {
    "ROLE": {"COMMENT": ""},
    "DATABASE ROLE": {"COMMENT": ""},
    "WAREHOUSE": {
        "WAREHOUSE_SIZE": "",
        "WAREHOUSE_TYPE": "",
        "GENERATION": "",
        "MIN_CLUSTER_COUNT": 1,
        "MAX_CLUSTER_COUNT": 1,
        "ENABLE_QUERY_ACCELERATION": False,
        "AUTO_SUSPEND": 60,
        "AUTO_RESUME": True,
        "INITIALLY_SUSPENDED": True,
        "STATEMENT_TIMEOUT_IN_SECONDS": 0,
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": 0,
        "COMMENT": "",
    },
}
_USER: dict[str, Any] = {
    "TYPE": "",
    "WORKLOAD_IDENTITY": {},
    "RSA_PUBLIC_KEY": "",
    "DEFAULT_ROLE": "",
    "DEFAULT_WAREHOUSE": "",
    "DEFAULT_SECONDARY_ROLES": (),
    "COMMENT": "",
}
_PRIVILEGES = {
    *("ALL", "ALL PRIVILEGES", "USAGE", "OPERATE", "MONITOR", "MODIFY", "OWNERSHIP", "READ"),
    *("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"),
    *("CREATE DATABASE", "CREATE INTEGRATION", "CREATE SCHEMA", "CREATE TABLE", "CREATE VIEW", "CREATE WAREHOUSE"),
    *("EXECUTE TASK", "EXECUTE MANAGED TASK", "CREATE STREAMLIT"),
}
_OBJECTS = {
    *("DATABASE", "SCHEMA", "TABLE", "VIEW", "STAGE", "PIPE", "STREAM", "TASK", "PROCEDURE", "FUNCTION"),
    *("FILE FORMAT", "INTEGRATION", "WAREHOUSE", "USER", "STREAMLIT"),
}


@dataclass(frozen=True)
class User(Entry):
    """CREATE USER ... TYPE = SERVICE: its options as written, and the roles it was granted."""

    words = "USER"
    in_schema = False
    options: dict[str, Any]
    roles: list[str]

    @property
    def identity(self) -> str:
        """The ARN of AWS that signs in as the user, or ''."""
        return str(self.options.get("WORKLOAD_IDENTITY", {}).get("ARN", ""))


def create(session: Session, tokens: Tokens, clauses: Clauses, words: str) -> Result:
    """CREATE ROLE | DATABASE ROLE | WAREHOUSE [IF NOT EXISTS] name [WITH] options."""
    tokens.name()
    tokens.accept("WITH")
    tokens.options(_OPTIONS[words])
    return _without_effect(session, tokens)


def grant(session: Session, tokens: Tokens) -> Result:
    """GRANT ROLE role TO ROLE | USER name, or GRANT privileges ON ACCOUNT | kind name TO ROLE name."""
    tokens.expect("GRANT")
    if not tokens.accept("ROLE"):
        granted, kind, on = _privileges(session, tokens)
        tokens.expect("TO")
        _keep(session, _role(tokens), kind, on, lambda before: before | granted, tokens)
        return status("Statement executed successfully.")
    role = tokens.name()
    tokens.expect("TO")
    if not tokens.accept("USER"):
        tokens.expect("ROLE")
        tokens.name()
        return _without_effect(session, tokens)
    user = session.find(User, tokens.name())
    tokens.end()
    with session.ddl():
        session.catalog.put(session.duck, replace(user, roles=sorted({*user.roles, role})))
    return status("Statement executed successfully.")


def revoke(session: Session, tokens: Tokens) -> Result:
    """REVOKE privileges ON ACCOUNT | kind name FROM ROLE name."""
    tokens.expect("REVOKE")
    revoked, kind, on = _privileges(session, tokens)
    tokens.expect("FROM")
    _keep(session, _role(tokens), kind, on, lambda before: before - revoked, tokens)
    return status("Statement executed successfully.")


def drop(session: Session, tokens: Tokens) -> Result:
    """DROP ROLE | DATABASE ROLE | WAREHOUSE [IF EXISTS] name."""
    tokens.accept("IF", "EXISTS")
    tokens.name()
    return _without_effect(session, tokens)


def create_user(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE USER [IF NOT EXISTS] name [WITH] TYPE = SERVICE options."""
    name = tokens.name()
    tokens.accept("WITH")
    options = _user_options(tokens)
    if options.get("TYPE") != "SERVICE":
        raise NotSupportedError(
            f"The embedded warehouse has users with TYPE = SERVICE alone: {head(tokens.sql)}", 2, "0A000"
        )
    if session.catalog.get(User, name):
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    user = User(name, options, [])
    _check_identity(session, user, tokens.sql)
    with session.ddl():
        session.catalog.put(session.duck, user)
    return status(f"User {name.upper()} successfully created.")


def alter_user(session: Session, tokens: Tokens) -> Result:
    """ALTER USER [IF EXISTS] name SET options."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = tokens.name()
    if if_exists and session.catalog.get(User, name) is None:
        return status(f"{name.upper()} does not exist, statement succeeded.")
    tokens.expect("SET")
    options = _user_options(tokens)
    if not options:
        raise tokens.unexpected("expected an option")
    user = session.find(User, name)
    changed = replace(user, options=user.options | options)
    _check_identity(session, changed, tokens.sql)
    with session.ddl():
        session.catalog.put(session.duck, changed)
    return status("Statement executed successfully.")


def _user_options(tokens: Tokens) -> dict[str, Any]:
    options = tokens.options(_USER)
    tokens.end()
    return options


def _check_identity(session: Session, user: User, sql: str) -> None:
    """A workload identity is one of AWS, and one user's."""
    identity = user.options.get("WORKLOAD_IDENTITY")
    if identity is None:
        return
    if set(identity) != {"TYPE", "ARN"} or identity["TYPE"] != "AWS" or not user.identity:
        wanted = "WORKLOAD_IDENTITY = (TYPE = AWS ARN = '...')"
        raise NotSupportedError(f"The embedded warehouse has {wanted} alone: {head(sql)}", 2, "0A000")
    for other in session.catalog.all(User):
        if other.identity == user.identity and other.name != user.name:
            message = f"The identity {user.identity} is that of the user {other.name.upper()} already: {head(sql)}"
            raise ProgrammingError(message, 2002, "42710")


def _privileges(session: Session, tokens: Tokens) -> tuple[set[str], str, str]:
    """`privilege [, ...] ON ACCOUNT` or `ON kind name`: the privileges, the kind, the name of an object there is."""
    privileges = {" ".join(each.upper().split()) for each in tokens.until("ON").split(",")}
    if not privileges <= _PRIVILEGES:
        raise unknown(tokens.sql)
    if tokens.accept("ACCOUNT"):
        return privileges, "ACCOUNT", ""
    kind = next((each for each in sorted(_OBJECTS) if tokens.accept(each) or tokens.accept(*each.split())), None)
    if kind is None:
        raise unknown(tokens.sql)
    name = tokens.name()
    if kind in ("PROCEDURE", "FUNCTION"):
        tokens.expect("(")
        tokens.until(")")
    on = _object(session, kind, name)
    if not exists(session, kind, on):
        raise does_not_exist(kind, name)
    return privileges, kind, on


def _object(session: Session, kind: str, name: str) -> str:
    if kind == "SCHEMA":
        database, _, name = name.rpartition(".")
        if database:
            session.check_database(database)
        return name
    return name if kind in OF_THE_ACCOUNT else session.qualify(name)


def _keep(
    session: Session, role: str, kind: str, on: str, change: Callable[[set[str]], set[str]], tokens: Tokens
) -> None:
    """Keep what the role may do with the object from now on."""
    tokens.end()
    name = name_of(role, kind, on)
    before = session.catalog.get(Grant, name)
    after = change({*before.privileges} if before else set())
    with session.ddl():
        if after:
            session.catalog.put(session.duck, Grant(name, role, kind, on, sorted(after)))
        else:
            session.catalog.drop(session.duck, Grant, name)


def _role(tokens: Tokens) -> str:
    tokens.accept("DATABASE")
    tokens.expect("ROLE")
    return tokens.name()


def _without_effect(session: Session, tokens: Tokens) -> Result:
    """What DDL does even if it means nothing on one machine: it commits."""
    tokens.end()
    session.commit()
    return status("Statement executed successfully.")


ROLE = ObjectKind("ROLE", partial(create, words="ROLE"), drop=drop, or_replace=True, or_alter=True)
DATABASE_ROLE = ObjectKind("DATABASE ROLE", partial(create, words="DATABASE ROLE"), drop=drop)
WAREHOUSE = ObjectKind("WAREHOUSE", partial(create, words="WAREHOUSE"), drop=drop, or_replace=True, or_alter=True)
USER = ObjectKind(User.words, create_user, alter_user, partial(drop_entry, kind=User))
