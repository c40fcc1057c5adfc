"""How long the rows of a table are kept: by that the streams on it become stale."""

from dataclasses import replace

from sqlglot import exp

from snowglobe.catalog import Retention
from snowglobe.errors import ProgrammingError, does_not_exist
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head

# By them the streams on a table become stale; all other properties are errors.
PARAMETERS = {"DATA_RETENTION_TIME_IN_DAYS": "days", "MAX_DATA_EXTENSION_TIME_IN_DAYS": "extension"}
_MOST_DAYS = 90


def alter(session: Session, name: str, tokens: Tokens) -> Result:
    """ALTER TABLE name SET DATA_RETENTION_TIME_IN_DAYS | MAX_DATA_EXTENSION_TIME_IN_DAYS = days."""
    if not session.table_columns(name):
        raise does_not_exist("TABLE", name)
    options = tokens.options(dict.fromkeys(PARAMETERS, 1))
    tokens.end()
    if not options:
        raise tokens.unexpected(f"expected {' or '.join(PARAMETERS)}")
    keep(session, name, {key: _days(key, value, tokens.sql) for key, value in options.items()})
    return status("Statement executed successfully.")


def keep(session: Session, name: str, options: dict[str, int]) -> None:
    """Note how long the rows of a table are kept; what is not said stays as it was."""
    kept = session.catalog.get(Retention, name) or Retention(name)
    with session.ddl():
        session.catalog.put(session.duck, replace(kept, **{PARAMETERS[key]: days for key, days in options.items()}))


def of_table(tree: exp.Create, sql: str) -> dict[str, int]:
    """What a CREATE TABLE says of it, by parameter, in days."""
    properties = tree.args.get("properties")
    found = [item for item in (properties.expressions if properties else ()) if type(item) is exp.Property]
    return {
        item.name.upper(): _days(item.name.upper(), item.args["value"].name, sql)
        for item in found
        if item.name.upper() in PARAMETERS
    }


def _days(key: str, value: object, sql: str) -> int:
    text = str(value)
    if not text.isdecimal() or int(text) > _MOST_DAYS:
        raise ProgrammingError(f"Invalid value [{text}] for parameter '{key}' in: {head(sql)}", 1008, "22023")
    return int(text)
