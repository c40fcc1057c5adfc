"""DuckDB's errors as those of the connection."""

import re

import duckdb

from snowglobe.errors import DatabaseError, OperationalError, ProgrammingError
from snowglobe.tokens import SYNTAX_ERROR

# Snowflake's numbers for what DuckDB tells apart by class: errno, sqlstate.
_NUMBERS: list[tuple[type[duckdb.Error], int, str]] = [
    (duckdb.CatalogException, 2003, "42S02"),
    (duckdb.ParserException, SYNTAX_ERROR, "42000"),
    (duckdb.BinderException, 904, "42000"),
    (duckdb.ConstraintException, 100072, "22000"),
    (duckdb.ConversionException, 100038, "22018"),
    (duckdb.OutOfRangeException, 100132, "22003"),
    (duckdb.TransactionException, 625, "57014"),
]
_KIND = re.compile(r"\A[A-Z][A-Za-z ]+ Error: ")
# Settings of DuckDB's, which no statement here reaches.
_ADVICE = re.compile(r" Use TRY\(.*", re.DOTALL)
# The place in the translated text, which the user has not written.
_PLACE = re.compile(r"\n+LINE \d+:.*", re.DOTALL)


def translated(error: duckdb.Error) -> DatabaseError:
    """DuckDB's error as one line: OperationalError if the machine is at fault (disk, memory), else ProgrammingError.

    What DuckDB suggests instead of a wrong name stays.
    """
    message = " ".join(_ADVICE.sub("", _PLACE.sub("", _KIND.sub("", str(error).strip()))).split())
    if isinstance(error, duckdb.OutOfMemoryException):
        # What DuckDB suggests are settings of its own.
        return OperationalError(
            f"The memory limit is reached: {message.partition(' Possible')[0]}; raise it", 604, "57014"
        )
    if isinstance(error, (duckdb.IOException, duckdb.FatalException)):
        return OperationalError(message, 604, "57014")
    for kind, errno, sqlstate in _NUMBERS:
        if isinstance(error, kind):
            return ProgrammingError(message, errno, sqlstate)
    return ProgrammingError(message)
