"""The one way a name or a text gets into DuckDB's SQL where DuckDB takes no bind."""


def quoted(name: str) -> str:
    """A DuckDB identifier for one part of a name."""
    return '"' + name.replace('"', '""') + '"'


def quoted_name(name: str) -> str:
    """A DuckDB identifier for a dotted name."""
    return ".".join(quoted(part) for part in name.split("."))


def literal(text: str) -> str:
    """A DuckDB string literal. Settings, ATTACH and the bodies of views take no binds."""
    return "'" + text.replace("'", "''") + "'"
