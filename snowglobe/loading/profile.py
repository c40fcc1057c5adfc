"""What is in files that are not loaded: their columns, as text, and how their values look.

CSV is read as COPY INTO reads it. JSON lines and Parquet, which nothing here loads, are read by DuckDB; their values
are seen as the text that they would have in a CSV file.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from snowglobe.duck_errors import translated
from snowglobe.errors import ProgrammingError
from snowglobe.loading.csv import open_csv
from snowglobe.loading.csv_dialect import CsvDialect
from snowglobe.loading.parquet import unreadable
from snowglobe.loading.plain_file import plain_file
from snowglobe.loading.rows import FileError
from snowglobe.names import literal

# All values of a column are told, if there are no more.
MOST_VALUES = 12
_NESTED = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")


@dataclass(frozen=True)
class ColumnProfile:
    """The values of one column that are not NULL: how many, how many different ones, characters of the longest.

    `nested`: how many are objects or lists. `values`: all different ones in order, if they are at most MOST_VALUES.
    `matching`: how many fit a regular expression as a whole, by its name. `longest_part`: characters of the longest
    group of one, by its name.
    """

    name: str
    nested: int
    filled: int
    distinct: int
    longest: int
    values: tuple[str, ...]
    matching: Mapping[str, int]
    longest_part: Mapping[str, int]


class Profile:
    """Files as one table: `rows` of them, `names` of columns as they are written first, in that order."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, nested: Set[str] | None, table: str = "landed") -> None:
        """`nested`: the columns that have objects or lists; None if that is for their text to tell."""
        self._duck, self._nested, self._table = duck, nested, table
        self.names = tuple(name for name, *_ in duck.execute(f"DESCRIBE {table}").fetchall())
        self.rows: int = self._one(f"SELECT COUNT(*) FROM {table}")

    def with_null(self, word: str) -> "Profile":
        """The same files, in which a word means NULL."""
        columns = ", ".join(f"NULLIF({_quoted(name)}, {literal(word)}) AS {_quoted(name)}" for name in self.names)
        self._duck.execute(f"CREATE OR REPLACE VIEW with_null AS SELECT {columns} FROM landed")
        return Profile(self._duck, self._nested, "with_null")

    def column(self, name: str, counted: Mapping[str, str], measured: Mapping[str, str]) -> ColumnProfile:
        """How the values of a column look. `counted`, `measured`: regular expressions, the latter with a group."""
        value = _quoted(name)
        sums = [f"COUNT(*) FILTER (regexp_full_match({value}, ?))" for _ in counted]
        longest = [f"COALESCE(MAX(LENGTH(regexp_extract({value}, ?, 1))), 0)" for _ in measured]
        asked = ", ".join(
            [
                f"COUNT({value}), COUNT(DISTINCT {value}), COALESCE(MAX(LENGTH({value})), 0)",
                f"COUNT(*) FILTER ({self._is_nested(name)})",
                *sums,
                *longest,
            ]
        )
        patterns = [*counted.values(), *(f"^(?:{pattern})$" for pattern in measured.values())]
        found = self._duck.execute(f"SELECT {asked} FROM {self._table}", patterns).fetchall()[0]
        filled, distinct, characters, nested, *numbers = found
        return ColumnProfile(
            name,
            nested,
            filled,
            distinct,
            characters,
            self._values(value) if distinct <= MOST_VALUES else (),
            dict(zip(counted, numbers, strict=False)),
            dict(zip(measured, numbers[len(counted) :], strict=True)),
        )

    def distinct_rows(self, names: Sequence[str]) -> int:
        """How many rows there are that differ in one of these columns; NULL is a value."""
        return self._one(f"SELECT COUNT(*) FROM (SELECT DISTINCT {', '.join(map(_quoted, names))} FROM {self._table})")

    def _is_nested(self, name: str) -> str:
        """The condition that a value is an object or a list."""
        value = _quoted(name)
        if self._nested is None:
            return f"CASE WHEN JSON_VALID({value}) THEN JSON_TYPE({value}) IN ('OBJECT', 'ARRAY') ELSE FALSE END"
        return f"{value} IS NOT NULL AND {name in self._nested}"

    def _values(self, value: str) -> tuple[str, ...]:
        rows = self._duck.execute(
            f"SELECT DISTINCT {value} FROM {self._table} WHERE {value} IS NOT NULL ORDER BY 1"
        ).fetchall()
        return tuple(one for (one,) in rows)

    def _one(self, sql: str) -> int:
        return self._duck.execute(sql).fetchall()[0][0]


@contextmanager
def profile(files: Sequence[Path], form: str, delimiter: str = ",") -> Iterator[Profile]:
    """The files as one table, by the names of their columns, until the context ends. `form`: csv, json or parquet.

    `delimiter`: what stands between two fields of CSV.
    Temporary files hold what they hold. Raises ProgrammingError for a file that cannot be read so, and DatabaseError
    where the machine cannot.
    """
    with TemporaryDirectory(prefix="snowglobe-") as folder:
        scratch = Path(folder)
        try:
            with duckdb.connect(scratch / "profile.duckdb") as duck:
                duck.execute("SET TimeZone = 'UTC'")
                nested: set[str] = set()
                for number, file in enumerate(files):
                    try:
                        read = partial(_csv, delimiter=delimiter) if form == "csv" else _READERS[form]
                        nested |= read(duck, file, scratch, f"file_{number}")
                    except (FileError, duckdb.InvalidInputException) as error:
                        reason = error.reason if isinstance(error, FileError) else translated(error).msg
                        raise ProgrammingError(f"Error parsing the file '{file}': {reason}", 100016, "22000") from error
                together = " UNION ALL BY NAME ".join(f"SELECT * FROM file_{number}" for number in range(len(files)))
                duck.execute(f"CREATE VIEW landed AS {together}")
                yield Profile(duck, None if form == "csv" else nested)
        except duckdb.Error as error:
            raise translated(error) from error


def _csv(duck: duckdb.DuckDBPyConnection, file: Path, scratch: Path, table: str, delimiter: str) -> set[str]:
    with open_csv(file, scratch, dialect=CsvDialect(delimiter=delimiter)) as rows:
        columns = [f"c{number} AS {_quoted(name)}" for number, name in enumerate(rows.header) if name]
        if not columns:
            raise FileError("its header has no names")
        duck.execute(f"CREATE TABLE {table} AS SELECT {', '.join(columns)} FROM {rows.table}", rows.params)
    return set()


def _json(duck: duckdb.DuckDBPyConnection, file: Path, scratch: Path, table: str) -> set[str]:
    with plain_file(file, scratch) as plain:
        if plain.stat().st_size == 0:
            raise FileError("it is empty")
        # A depth of one leaves every value as it is written, whatever it looks like.
        read = "read_json(?, format = 'newline_delimited', records = true, sample_size = -1, maximum_depth = 1)"
        try:
            duck.execute(f"CREATE TEMP TABLE written AS SELECT * FROM {read}", [str(plain.absolute())])
        except duckdb.BinderException as error:
            raise FileError("its lines are no JSON objects") from error
        except duckdb.InvalidInputException as error:
            text = f"{translated(error).msg}".partition(" Try ")[0].replace(str(plain.absolute()), file.name)
            raise FileError(f"{text.rstrip('.')}; write one object on each line") from error
    names = [name for name, *_ in duck.execute("DESCRIBE written").fetchall()]
    columns = ", ".join(f"{_quoted(name)} ->> '$' AS {_quoted(name)}" for name in names)
    duck.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM written")
    asked = ", ".join(f"COUNT(*) FILTER (json_type({_quoted(name)}) IN ('OBJECT', 'ARRAY'))" for name in names)
    counts = duck.execute(f"SELECT {asked} FROM written").fetchall()[0]
    duck.execute("DROP TABLE written")
    return {name for name, count in zip(names, counts, strict=True) if count}


def _parquet(duck: duckdb.DuckDBPyConnection, file: Path, scratch: Path, table: str) -> set[str]:
    # Nothing is unpacked, but the name may look like a pattern.
    with plain_file(file, scratch) as plain:
        written = str(plain.absolute())
        try:
            described = duck.execute("DESCRIBE SELECT * FROM read_parquet(?)", [written]).fetchall()
            nested = {name for name, kind, *_ in described if kind.startswith(_NESTED) or kind.endswith("[]")}
            columns = ", ".join(_as_text(name, name in nested) for name, *_ in described)
            duck.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM read_parquet(?)", [written])
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise unreadable(error, written) from error
    return nested


_READERS = {"json": _json, "parquet": _parquet}


def _as_text(name: str, is_nested: bool) -> str:
    value = f"to_json({_quoted(name)})" if is_nested else _quoted(name)
    return f"CAST({value} AS VARCHAR) AS {_quoted(name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
