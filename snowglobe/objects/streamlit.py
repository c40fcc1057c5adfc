"""Streamlit apps: made from the files of an internal stage and kept; nothing here shows one.

docs.snowflake.com: "CREATE STREAMLIT", "ALTER STREAMLIT", "SHOW STREAMLITS", "DESCRIBE STREAMLIT".
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from snowglobe.account import privileges
from snowglobe.catalog import Entry, Stage
from snowglobe.errors import ProgrammingError, already_exists
from snowglobe.objects import show, staging
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.open_questions import OpenQuestion
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.storage import internal
from snowglobe.tokens import Tokens, head, unknown

_OPTIONS = {"MAIN_FILE": "", "QUERY_WAREHOUSE": "", "TITLE": "", "COMMENT": ""}
# Where its files are among those of stages: no stage has such a name.
_FILES = "snow://streamlit/"


@dataclass(frozen=True)
class Streamlit(Entry):
    """`options`: as written. `owner`: the role that USE ROLE named last, in whose name the app reads; ''.

    `is_live`: whether others than its owner can look at it.
    """

    words = "STREAMLIT"
    options: dict[str, Any]
    owner: str
    is_live: bool


def create(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR REPLACE] STREAMLIT [IF NOT EXISTS] name FROM '@stage/path' MAIN_FILE = '...' QUERY_WAREHOUSE = name.

    The files are copied. The role that USE ROLE named needs what the documentation says: CREATE STREAMLIT on the
    schema, READ on the stage, USAGE on the warehouse.
    """
    name = session.qualify(tokens.name())
    tokens.expect("FROM")
    stage, folder = staging.location(session, Tokens(tokens.string(), tokens.sql))
    options = tokens.options(_OPTIONS)
    tokens.end()
    main = str(options.get("MAIN_FILE", ""))
    if not main or not options.get("QUERY_WAREHOUSE"):
        raise tokens.unexpected("expected MAIN_FILE and QUERY_WAREHOUSE")
    _require(session, name, stage, str(options["QUERY_WAREHOUSE"]).lower())
    if session.catalog.get(Streamlit, name) and not clauses.or_replace:
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    copied = internal.files(session, stage.name, folder)
    if "/" in main or f"{folder}{main}" not in [file.name for file in copied]:
        message = f"Main file '{main}' is not in the root of @{stage.name}/{folder}: {head(tokens.sql)}"
        raise ProgrammingError(message, 2003, "02000")
    app = Streamlit(name, options, session.used_role, OpenQuestion.LIVE_VERSION in session.otherwise)
    with session.ddl():
        _forget_files(session, app)
        for file in copied:
            internal.put(session, f"{_FILES}{name}", file.name.removeprefix(folder), file.content)
        privileges.revoke_all(session, name)
        session.catalog.put(session.duck, app)
    return status(f"Streamlit {name.upper()} successfully created.")


def alter(session: Session, tokens: Tokens) -> Result:
    """ALTER STREAMLIT name ADD LIVE VERSION FROM LAST."""
    app = session.find(Streamlit, tokens.name())
    if not tokens.accept("ADD", "LIVE", "VERSION", "FROM", "LAST"):
        raise unknown(tokens.sql)
    tokens.end()
    if app.is_live:
        raise ProgrammingError(f"There is already a live version: {head(tokens.sql)}", 99109, "42601")
    with session.ddl():
        session.catalog.put(session.duck, replace(app, is_live=True))
    return status("Statement executed successfully.")


def files(session: Session, name: str) -> dict[str, bytes]:
    """What an app is made of, by path. `name`: qualified."""
    return {file.name: file.content for file in internal.files(session, f"{_FILES}{name}")}


def _require(session: Session, name: str, stage: Stage, warehouse: str) -> None:
    schema = name.partition(".")[0]
    with privileges.as_the_role_in_use(session):
        privileges.check_schema(session, schema)
        if not privileges.may(session, "CREATE STREAMLIT", "SCHEMA", schema):
            message = f"SQL access control error: Insufficient privileges to operate on schema '{schema.upper()}'"
            raise ProgrammingError(message, 3001, "42501")
        privileges.require(session, "READ", "STAGE", stage.name)
        privileges.require(session, "USAGE", "WAREHOUSE", warehouse)


def _forget_files(session: Session, app: Streamlit) -> None:
    internal.remove(session, f"{_FILES}{app.name}")


def _place(session: Session, app: Streamlit) -> show.Shown:
    schema, name = app.name.upper().split(".")
    return {"name": name, "database_name": session.database.name.upper(), "schema_name": schema}


def _shown(session: Session, app: Streamlit) -> show.Shown:
    told = {key.lower(): str(app.options.get(key, "")) for key in ("TITLE", "COMMENT", "QUERY_WAREHOUSE")}
    return {**_place(session, app), **told, "owner": app.owner.upper()}


def _described(session: Session, app: Streamlit) -> show.Shown:
    place = _place(session, app)
    live = f"{_FILES}{place['database_name']}.{app.name.upper()}/versions/live/" if app.is_live else None
    told = {key.lower(): str(app.options.get(key, "")) for key in ("TITLE", "MAIN_FILE", "QUERY_WAREHOUSE")}
    return {**place, **told, "live_version_location_uri": live}


STREAMLIT = ObjectKind(
    Streamlit.words,
    create,
    alter,
    drop=partial(drop_entry, kind=Streamlit, also=_forget_files),
    describe=partial(show.describe, kind=Streamlit, shown=_described),
    show=partial(show.show, kind=Streamlit, shown=_shown),
    or_replace=True,
)
