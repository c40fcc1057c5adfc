"""DuckDB's errors as those of the connection."""

import re

import duckdb

from snowglobe import value_errors
from snowglobe.errors import DatabaseError, OperationalError, OutOfMemory, ProgrammingError
from snowglobe.tokens import SYNTAX_ERROR

# Snowflake's numbers for what DuckDB tells apart by class: errno, sqlstate.
_NUMBERS: list[tuple[type[duckdb.Error], int, str]] = [
    (duckdb.CatalogException, 2003, "42S02"),
    (duckdb.ParserException, SYNTAX_ERROR, "42000"),
    (duckdb.BinderException, 904, "42000"),
    (duckdb.ConversionException, 100038, "22018"),
    (duckdb.OutOfRangeException, 100046, "22003"),
    (duckdb.TransactionException, 625, "57014"),
]
_KIND = re.compile(r"\A[A-Z][A-Za-z ]+ Error: ")
# Settings of DuckDB's, which no statement here reaches.
_ADVICE = re.compile(r" Use TRY\(.*", re.DOTALL)
# The place in the translated text, which the user has not written.
_PLACE = re.compile(r"\n+LINE \d+:.*", re.DOTALL)


def translated(error: duckdb.Error) -> DatabaseError:
    """DuckDB's error as one line: OperationalError if the machine is at fault (disk, memory), else ProgrammingError.

    What does not fit its type is told as Snowflake tells it. What DuckDB suggests instead of a wrong name stays.
    """
    text = _KIND.sub("", str(error).strip())
    if isinstance(error, duckdb.OutOfMemoryException):
        # What DuckDB suggests are settings of its own.
        why = _one_line(text).partition(" Possible")[0]
        return OutOfMemory(f"The memory limit is reached: {why}; raise it", 604, "57014")
    if isinstance(error, (duckdb.IOException, duckdb.FatalException)):
        return OperationalError(_one_line(text), 604, "57014")
    if isinstance(error, (duckdb.ConstraintException, duckdb.ConversionException, duckdb.InvalidInputException)):
        told = value_errors.of_constraint(text) or value_errors.of_cast(_PLACE.sub("", text))
        if told is not None:
            return told
    message = _one_line(text)
    for kind, errno, sqlstate in _NUMBERS:
        if isinstance(error, kind):
            return ProgrammingError(message, errno, sqlstate)
    return ProgrammingError(message)


def _one_line(text: str) -> str:
    return " ".join(_ADVICE.sub("", _PLACE.sub("", text)).split())
