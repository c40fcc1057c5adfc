"""How a name or a text gets into DuckDB's SQL where DuckDB takes no bind, and which names need no quotes."""

import re

_UNQUOTED = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


def quoted(name: str) -> str:
    """A DuckDB identifier for one part of a name."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(name: str) -> str:
    """A DuckDB identifier for a dotted name."""
    return ".".join(quoted(part) for part in name.split("."))


def literal(text: str) -> str:
    """A DuckDB string literal. Settings, ATTACH and the bodies of views take no binds."""
    return "'" + text.replace("'", "''") + "'"


def like(name: str, pattern: str) -> bool:
    """Whether a name fits the pattern of a SHOW: `%` and `_` as in LIKE, in any case."""
    parts = (".*" if char == "%" else "." if char == "_" else re.escape(char) for char in pattern)
    return re.fullmatch("".join(parts), name, re.IGNORECASE) is not None


def is_folded(name: str) -> bool:
    """Whether Snowflake takes the name without quotes, and folds it (docs.snowflake.com, "Identifier requirements")."""
    return _UNQUOTED.fullmatch(name) is not None
