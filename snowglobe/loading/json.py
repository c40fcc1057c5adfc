"""One landed JSON file as rows of one VARIANT each: what COPY INTO makes of it.

The rules are those of "TYPE = JSON" in https://docs.snowflake.com/en/sql-reference/sql/create-file-format: documents
stand on lines of their own or with commas between, and each may span lines. An object with a name twice is an error.

DuckDB reads the file; what it reads otherwise, or not at all, is rewritten first (json_normalise.py). A number keeps
its digits: DuckDB has an integer of any length, and of a fraction only those that a DOUBLE has.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from snowglobe.loading.json_normalise import Rules, one_a_line
from snowglobe.loading.plain_file import plain_file, scratch_file
from snowglobe.loading.reader import look
from snowglobe.loading.rows import FileError, Rows
from snowglobe.open_questions import OpenQuestion, Otherwise

LARGEST = 16 * 1024 * 1024
"""Bytes in one document: Snowflake's default length of a VARIANT."""

_READ = f"read_json_objects(?, format = '{{}}', maximum_object_size = {LARGEST}, hive_partitioning = false{{}})"
_BLOCK = 256 * 1024
_DIGITS = bytes.maketrans(b".123456789", b"0" * 10)
# A fraction with more digits than every DOUBLE has, wherever its point is.
_MANY = 16
_LONG_FRACTION = "|".join(f"[0-9]{{{before}}}[.][0-9]{{{_MANY - before}}}" for before in range(1, _MANY))
# Objects within objects whose names are looked at, of the first document.
_MOST_PATHS = 16


@contextmanager
def open_json(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> Iterator[Rows]:
    """The rows of the file at `path`, plain or packed, readable from any DuckDB connection until the context ends.

    The one column is DuckDB's JSON. Temporary files are made in `scratch`, and are gone afterwards. Memory is bounded
    by the longest document. Raises FileError if the file as a whole cannot be loaded.
    """
    rules = Rules(
        strip_outer_array=options.get("STRIP_OUTER_ARRAY", False),
        multi_line=options.get("MULTI_LINE", True),
        replace=bool(options.get("REPLACE_INVALID_CHARACTERS") or options.get("IGNORE_UTF8_ERRORS")),
        several_on_a_line=OpenQuestion.DOCUMENTS_ON_A_LINE in otherwise,
        largest=LARGEST,
    )
    with ExitStack() as stack:
        plain = stack.enter_context(plain_file(path, scratch, options.get("COMPRESSION", "AUTO")))
        form = _form(plain, rules)
        if form is None:
            target = stack.enter_context(scratch_file(scratch))
            one_a_line(plain, target, rules)
            plain, form = target, "newline_delimited"
            _check_whole(plain)
        table = f"(SELECT row_number() OVER () AS row_number, json AS c0 FROM {_READ.format(form, '')})"
        yield Rows(("",), table, (str(plain.absolute()),))


def names_in_json(path: Path, scratch: Path, otherwise: Otherwise, options: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the documents that are objects, each where it is met first. Raises FileError as `open_json`."""
    with open_json(path, scratch, otherwise, options) as rows:
        keys = f"SELECT row_number, json_keys(c0) AS keys FROM {rows.table}"
        names = f"SELECT row_number, unnest(keys) AS name, generate_subscripts(keys, 1) AS place FROM ({keys})"
        found = look(f"SELECT name FROM ({names}) GROUP BY name ORDER BY MIN((row_number, place))", rows.params)
    return tuple(name for (name,) in found)


def _form(plain: Path, rules: Rules) -> str | None:
    """The form in which DuckDB reads the file as it is to be read; None: in none."""
    with plain.open("rb") as file:
        first = file.readline(LARGEST).strip()
    form = "array" if rules.strip_outer_array and first.startswith(b"[") else "newline_delimited"
    # DuckDB takes a file of one byte for an empty one.
    if plain.stat().st_size == 1 or (form == "array" and not rules.multi_line):
        return None
    # An error would end the query; a line that is no document is NULL.
    lenient = ", ignore_errors = true" if form == "newline_delimited" else ""
    arrays = "starts_with(json, '[')" if rules.strip_outer_array and lenient else "false"
    long = f"regexp_matches(json, '{_LONG_FRACTION}')" if _has_many_digits(plain) else "false"
    paths = _paths(first) if form == "newline_delimited" else ["$"]
    twice = " OR ".join(map(_has_twice, range(1, len(paths) + 1)))
    # Most documents of a file have the same names, and to look for one that is there twice takes long.
    query = (
        f"SELECT COALESCE(SUM(total), 0), COALESCE(SUM(good) FILTER (NOT COALESCE({twice}, false)), 0) FROM ("
        f"SELECT ANY_VALUE(names) AS names, COUNT(*) AS total, COUNT(json) FILTER (NOT ({arrays} OR {long})) AS good "
        f"FROM (SELECT json, json_keys(json, ?) AS names FROM {_READ.format(form, lenient)}) GROUP BY HASH(names))"
    )
    try:
        ((rows, good),) = look(query, [paths, str(plain.absolute())])
    except duckdb.Error:
        return None
    return form if rows == good else None


def _has_twice(place: int) -> str:
    return f"len(list_distinct(names[{place}])) < len(names[{place}])"


def _paths(first: bytes) -> list[str]:
    """The paths of the objects within the first document, and its own."""
    try:
        document = json.loads(first)
    except (ValueError, RecursionError):
        return ["$"]
    paths, objects = ["$"], [("$", document)]
    for path, value in objects:
        if not isinstance(value, dict):
            continue
        for name, within in value.items():
            if isinstance(within, dict) and '"' not in name and len(paths) < _MOST_PATHS:
                paths.append(f'{path}."{name}"')
                objects.append((paths[-1], within))
    return paths


def _has_many_digits(plain: Path) -> bool:
    """Whether there may be a fraction that no DOUBLE has."""
    run = b"0" * (_MANY + 1)
    rest = b""
    with plain.open("rb") as file:
        while block := file.read(_BLOCK):
            rest += block.translate(_DIGITS)
            if run in rest:
                return True
            rest = rest[-_MANY:]
    return False


def _check_whole(plain: Path) -> None:
    """Python takes some texts for JSON that DuckDB does not, such as half of a surrogate pair."""
    read = _READ.format("newline_delimited", ", ignore_errors = true")
    query = f"SELECT MIN(place) FROM (SELECT row_number() OVER () AS place, json FROM {read}) WHERE json IS NULL"
    ((place,),) = look(query, [str(plain.absolute())])
    if place is not None:
        raise FileError(f"document {place} is not valid JSON")
