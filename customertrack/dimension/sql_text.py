"""What a definition says, as constants of SQL. A definition is somebody's own text, which no quote in it may end."""

from datetime import datetime


def literal(text: str) -> str:
    """A string constant. Snowflake reads a backslash in one as an escape, so it stands there twice."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def pattern(files: str, *, in_any_case: bool) -> str:
    """The PATTERN of a COPY for the names of files: what it is matched with may begin with the folders of the file.

    `in_any_case`: of a pattern without brackets that have letters in them.
    """
    if in_any_case:
        letters = (f"[{one.lower()}{one.upper()}]" if one.isascii() and one.isalpha() else one for one in files)
        return literal(f"{''.join(letters)}$")
    return literal(f"^(.*/)?({files})$")


def timestamp(text: str) -> str:
    """A time in ISO 8601 as a TIMESTAMP_NTZ, in UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = moment.replace(tzinfo=None) - (moment.utcoffset() or datetime.resolution * 0)
    return f"TO_TIMESTAMP_NTZ('{moment:%Y-%m-%d %H:%M:%S}', 'YYYY-MM-DD HH24:MI:SS')"
