"""ALTER SESSION SET: parameters with the one value that the embedded warehouse works by, or without effect in it."""

from typing import Any

from snowglobe.errors import NotSupportedError
from snowglobe.results import Result, status
from snowglobe.tokens import Tokens, head

# None: any value, because it changes no result. What is not here is an error, whatever its value.
_VALUES: dict[str, Any] = {
    "ABORT_DETACHED_QUERY": None,
    "AUTOCOMMIT": True,
    "CLIENT_SESSION_KEEP_ALIVE": None,
    "ERROR_ON_NONDETERMINISTIC_MERGE": True,
    "LOCK_TIMEOUT": None,
    "QUERY_TAG": None,
    "QUOTED_IDENTIFIERS_IGNORE_CASE": True,
    "ROWS_PER_RESULTSET": 0,
    "STATEMENT_TIMEOUT_IN_SECONDS": None,
    "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
    "TIMESTAMP_INPUT_FORMAT": "AUTO",
    "TIMEZONE": "UTC",
}
NAMES = frozenset(_VALUES)


def alter_session(tokens: Tokens) -> Result:
    """ALTER SESSION SET parameter = value ..."""
    tokens.expect("SET")
    options = tokens.options(dict.fromkeys(_VALUES))
    tokens.end()
    if not options:
        raise tokens.unexpected("expected a parameter")
    for name, value in options.items():
        check(name, value, tokens.sql)
    return status("Statement executed successfully.")


def check(name: str, value: object, sql: str) -> None:
    """Raise NotSupportedError unless the embedded warehouse works so already. `sql`: what the error shows."""
    wanted = _VALUES.get(name.upper(), "no value")
    if wanted is not None and value != wanted:
        message = f"The embedded warehouse cannot have {name.upper()} = {value}: {head(sql)}"
        raise NotSupportedError(message, 2, "0A000")
