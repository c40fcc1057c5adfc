"""The files of sql/ as the migrations see them, and what stands between $$ in them."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

from customertrack.local.home import VARIABLES, sql_folder
from customertrack.sqltext.statements import Statement, split
from customertrack.sqltext.variables import substitute
from snowglobe.scripting.parser import parse
from snowglobe.scripting.tree import Query, SelectInto, Sql, Transaction

_STRING_OR_BIND = re.compile(r"'(?:[^']|'')*'|\?")


DIMENSIONS = sorted(path.name for path in sql_folder().iterdir() if path.is_dir())


def files() -> list[Path]:
    """All SQL files, those of each dimension too, their invariants, and what the console is granted."""
    return sorted(sql_folder().rglob("*.sql"))


def migrations() -> list[Path]:
    """All that the runner applies."""
    return [path for path in files() if path.parent.name not in ("console", "invariants")]


def place(path: Path) -> str:
    """The file's path below sql/."""
    return path.relative_to(sql_folder()).as_posix()


@cache
def statements(path: Path) -> list[Statement]:
    """The statements of a file, with the variables' values in them."""
    values = {**VARIABLES, "console_role": "customertrack_console"}
    text, _ = substitute(path.read_text(), values, place(path))
    return split(text, place(path))


def bodies(path: Path) -> list[Statement]:
    """The SQL statements between $$: those of a procedure, a function's query, a function's expression as a query."""
    found: list[Statement] = []
    for statement in statements(path):
        before, *body = statement.text.split("$$")
        if not body:
            continue
        if "PROCEDURE" in before:
            texts = list(_texts(parse(body[0], _arguments(before))))
        elif "RETURNS TABLE" in before:
            texts = [body[0]]
        else:
            texts = [f"SELECT {body[0].strip()}"]
        found += [Statement(text.strip(), statement.path, statement.line) for text in texts]
    return found


def _arguments(before: str) -> tuple[str, ...]:
    """The names of a procedure's arguments, by what stands before its body."""
    (between,) = re.findall(r"PROCEDURE\s+\w+\(([^)]*)\)", before)
    return tuple(argument.split()[0] for argument in between.split(",") if argument.strip())


def _texts(node: object) -> Iterator[str]:
    """All SQL in a procedure's syntax tree, in order."""
    if isinstance(node, Transaction):
        yield node.sql
    elif isinstance(node, Sql | SelectInto | Query):
        names = iter(variable.name.lower() for variable in node.binds)
        # As it was written: grammars know `:name`, not all of them know `?`.
        yield _STRING_OR_BIND.sub(lambda found: f":{next(names)}" if found[0] == "?" else found[0], node.sql)
    elif isinstance(node, tuple):
        for part in node:
            yield from _texts(part)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _texts(getattr(node, field.name))
