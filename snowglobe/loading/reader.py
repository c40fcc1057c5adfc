"""A DuckDB of its own that looks at files: an error of its ends no transaction of anybody's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from threading import Lock
from typing import Any

import duckdb
from duckdb.sqltypes import DuckDBPyType

from snowglobe.duck_errors import translated

_guard = Lock()


def look(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query of files. Raises duckdb.Error, and OperationalError if memory does not suffice."""
    with _cursor() as cursor:
        return cursor.execute(sql, params).fetchall()


def describe(sql: str, params: Sequence[Any]) -> list[tuple[str, DuckDBPyType]]:
    """The columns of a query of files, each with its type. Raises as `look` does."""
    with _cursor() as cursor:
        relation = cursor.sql(sql, params=list(params))
        return list(zip(relation.columns, relation.types, strict=True))


@contextmanager
def _cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    with _guard:
        cursor = _duck().cursor()
    try:
        yield cursor
    except duckdb.OutOfMemoryException as error:
        raise translated(error) from error
    finally:
        cursor.close()


@cache
def _duck() -> duckdb.DuckDBPyConnection:
    """One for the whole process: it takes longer to open than most files to look at."""
    return duckdb.connect(
        config={
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            # By default it is in the current folder.
            "temp_directory": str(Path(gettempdir()) / "snowglobe-reader"),
        }
    )
