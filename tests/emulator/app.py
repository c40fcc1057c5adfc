"""The console of a stage, as its account has it."""

from dataclasses import dataclass

from customertrack.reads.results import query
from snowglobe import Connection
from snowglobe.objects import streamlit

_SCHEMA = "dimension"


@dataclass(frozen=True)
class App:
    """`owner`: a role. `files`: their names in it. `staged`: the folders on the stage that it was made from."""

    owner: str
    version: str
    files: set[str]
    staged: set[str]


def app(connection: Connection) -> App | None:
    """The one of the stage's schema; None if there is none, nor a stage of its files."""
    shown = query(connection, f"SHOW STREAMLITS IN SCHEMA {_SCHEMA}")
    stages = query(connection, "SELECT stage_name FROM INFORMATION_SCHEMA.STAGES WHERE stage_name = 'CONSOLE_FILES'")
    if not shown.rows and not stages.rows:
        return None
    told = dict(zip(shown.columns, shown.rows[0], strict=True))
    listed = query(connection, f"LIST @{_SCHEMA}.console_files")
    names = (str(row[listed.columns.index("name")]) for row in listed.rows)
    files = streamlit.files(connection._session, f"{_SCHEMA}.{str(told['name']).lower()}")
    return App(str(told["owner"]), str(told["comment"]), set(files), {name.split("/")[1] for name in names})
