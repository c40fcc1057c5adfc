"""What a definition says, as constants of SQL. A definition is somebody's own text, which no quote in it may end."""

from datetime import datetime


def literal(text: str) -> str:
    """A string constant. Snowflake reads a backslash in one as an escape, so it stands there twice."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def pattern(files: str) -> str:
    """The PATTERN of a COPY for the names of files: it is matched with the whole path, and case means nothing."""
    in_any_case = "".join(f"[{one.lower()}{one.upper()}]" if one.isascii() and one.isalpha() else one for one in files)
    return literal(f"{in_any_case}$")


def timestamp(text: str) -> str:
    """A time in ISO 8601 as a TIMESTAMP_NTZ, in UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = moment.replace(tzinfo=None) - (moment.utcoffset() or datetime.resolution * 0)
    return f"TO_TIMESTAMP_NTZ('{moment:%Y-%m-%d %H:%M:%S}', 'YYYY-MM-DD HH24:MI:SS')"
