"""The console in Snowflake: a stage with its files, and the Streamlit app made of them, owned by a role that reads.

docs.snowflake.com: "CREATE STREAMLIT", "ALTER STREAMLIT", "DESCRIBE STREAMLIT", "PUT", "REMOVE", and "Understanding
owner's rights and Streamlit in Snowflake apps": an app may do what its owner may, and its owner is who makes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from customertrack.reads.results import query
from customertrack.sqltext.identifiers import qualify, quote
from customertrack.sqltext.literals import literal, safe
from customertrack.sqltext.statements import split
from customertrack.sqltext.variables import substitute
from customertrack.warehouse import Connection, WarehouseError, message_of
from lambdas.dimension import SCHEMA, Dimension
from lambdas.reason import NeedsAdministrator

# Beside lambdas/, in the package of a stage that has a console (infra.console_app).
FILES = Path(__file__).parents[2] / "console"
# Of a dimension's folder in sql/, which is among these files: what the pages read.
_GRANTS = "console/grants.sql"
_APP = "CONSOLE"
_STAGE = "CONSOLE_FILES"


@dataclass(frozen=True)
class Console:
    """`role`: who owns the app. `deploys`: the role of the session, to which that one is granted. `warehouse`: what the
    app and its queries run on.
    """

    database: str
    role: str
    deploys: str
    warehouse: str
    dimensions: tuple[Dimension, ...]

    @property
    def app(self) -> str:
        """Its whole name."""
        return qualify(self.database, SCHEMA, _APP)

    @property
    def stage(self) -> str:
        """The whole name of that of its files."""
        return qualify(self.database, SCHEMA, _STAGE)

    def create(self, version: str) -> str:
        """The statement that makes the app of the files of a version, in place of an earlier one."""
        return (
            f"CREATE OR REPLACE STREAMLIT {self.app} FROM {literal(f'@{self.database}.{SCHEMA}.{_STAGE}/{version}')} "
            f"MAIN_FILE = 'streamlit_app.py' QUERY_WAREHOUSE = {quote(self.warehouse)} "
            f"TITLE = 'CustomerTrack' COMMENT = {literal(_comment(version))}"
        )


def make(connection: Connection, console: Console) -> None:
    """See that the app is there, of the files of the package, and that its role may read. Each deploy may repeat it.

    Another version has a folder of its own on the stage, so that an app is never made of files of two. Whoever looks at
    the app meanwhile sees the one before, or the new one. Raises NeedsAdministrator with what Snowflake refused.
    """
    files = sorted(path for path in FILES.rglob("*") if path.is_file())
    version = _version(files, console)
    with _explained(console.role):
        _run(connection, f"CREATE STAGE IF NOT EXISTS {console.stage} COMMENT = 'The files of the console'")
        for statement in [*_grants_on_the_schema(console), *_grants_on_dimensions(console)]:
            _run(connection, statement)
        if _made_of(connection, console.database) != _comment(version):
            for statement in _puts(files, f"@{console.stage}/{version}"):
                _run(connection, statement)
            _create(connection, console, version)
        if not _is_live(connection, console):
            _run(connection, f"ALTER STREAMLIT {console.app} ADD LIVE VERSION FROM LAST")
        for earlier in _versions(connection, console) - {version}:
            _run(connection, f"REMOVE @{console.stage}/{earlier}/")


def take_away(connection: Connection, database: str) -> None:
    """See that there is neither app nor stage. The driver's errors pass through. What the role was granted stays."""
    stages = f"{quote(database)}.INFORMATION_SCHEMA.STAGES"
    sql = f"SELECT COUNT(*) FROM {stages} WHERE STAGE_SCHEMA = ? AND STAGE_NAME = ?"
    if query(connection, sql, [SCHEMA, _STAGE]).rows == [(0,)]:
        return
    # The stage at last: it tells that there may be an app.
    _run(connection, f"DROP STREAMLIT IF EXISTS {qualify(database, SCHEMA, _APP)}")
    _run(connection, f"DROP STAGE IF EXISTS {qualify(database, SCHEMA, _STAGE)}")


def _version(files: list[Path], console: Console) -> str:
    """Another one whenever a file is another, or the app is made otherwise."""
    digest = sha256(console.create("").encode())
    for path in files:
        digest.update(f"{path.relative_to(FILES).as_posix()}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _comment(version: str) -> str:
    return f"version:{version}"


def _grants_on_the_schema(console: Console) -> Iterator[str]:
    yield f"GRANT USAGE ON DATABASE {quote(console.database)} TO ROLE {quote(console.role)}"
    yield f"GRANT USAGE ON SCHEMA {qualify(console.database, SCHEMA)} TO ROLE {quote(console.role)}"
    yield f"GRANT READ ON STAGE {console.stage} TO ROLE {quote(console.role)}"


def _grants_on_dimensions(console: Console) -> Iterator[str]:
    values = {"database": console.database, "console_role": console.role}
    for dimension in console.dimensions:
        script = dimension.script(_GRANTS)
        text, _ = substitute((FILES / "sql" / script).read_text(encoding="utf-8"), values, script)
        yield from (statement.text for statement in split(text, script))


def _puts(files: list[Path], target: str) -> Iterator[str]:
    """For the files of a folder with one ending a statement: the driver takes no pattern that a folder fits too."""
    for folder, suffix in dict.fromkeys((path.parent, path.suffix) for path in files):
        place = folder.relative_to(FILES).as_posix()
        inside = "" if place == "." else f"/{place}"
        source = f"file://{safe(folder.as_posix(), 'the folder of the package')}/*{suffix}"
        yield f"PUT '{source}' {target}{inside} AUTO_COMPRESS = FALSE OVERWRITE = TRUE"


def _create(connection: Connection, console: Console, version: str) -> None:
    """Make the app in the name of its role, which may make one just for as long as that takes."""
    schema, role = qualify(console.database, SCHEMA), quote(console.role)
    _run(connection, f"GRANT CREATE STREAMLIT ON SCHEMA {schema} TO ROLE {role}")
    try:
        _run(connection, f"USE ROLE {role}")
        _run(connection, console.create(version))
    finally:
        _run(connection, f"USE ROLE {quote(console.deploys)}")
        _run(connection, f"REVOKE CREATE STREAMLIT ON SCHEMA {schema} FROM ROLE {role}")


def _made_of(connection: Connection, database: str) -> str | None:
    """The comment of the app; None if there is none."""
    shown = query(connection, f"SHOW STREAMLITS LIKE '{_APP}' IN SCHEMA {qualify(database, SCHEMA)}")
    found = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    return str(found[0]["comment"]) if found else None


def _is_live(connection: Connection, console: Console) -> bool:
    """Whether others than its owner can look at it."""
    shown = query(connection, f"DESC STREAMLIT {console.app}")
    (found,) = [dict(zip(shown.columns, row, strict=True)) for row in shown.rows]
    return bool(found["live_version_location_uri"])


def _versions(connection: Connection, console: Console) -> set[str]:
    """The folders on the stage. Names begin with that of the stage."""
    listed = query(connection, f"LIST @{console.stage}")
    at = listed.columns.index("name")
    return {str(row[at]).split("/")[1] for row in listed.rows}


def _run(connection: Connection, statement: str) -> None:
    connection.cursor().execute(statement)


@contextmanager
def _explained(role: str) -> Iterator[None]:
    """What fails is told with the way out that is the likeliest: a role that nobody has made yet."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        raise NeedsAdministrator(
            f"all is deployed but the console, of which Snowflake refused a statement: {message_of(error)}; if the "
            f"role {role} does not exist yet, have an administrator of Snowflake run these statements, then deploy "
            "again"
        ) from error
