"""The one way a name gets into SQL text, and what its case means."""

import re

from customertrack.errors import UserError

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_UNQUOTED = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


def quote(name: str) -> str:
    """`name` as a double-quoted Snowflake identifier in upper case.

    Snowflake folds unquoted names to upper case (docs.snowflake.com, "Identifier requirements"), and the SQL files use
    unquoted names, so only in upper case does the quoted name mean the same object. A name that would need its quotes
    is refused.

    Raises UserError if `name` is not a letter or underscore followed by letters, digits or underscores, at most 255 in
    all.
    """
    if not _PLAIN.fullmatch(name):
        raise UserError(
            f"{name!r} is not a plain name; use letters, digits and underscores, not beginning with a digit"
        )
    return f'"{name.upper()}"'


def qualify(*names: str) -> str:
    """The names quoted and joined with dots: database, schema, object."""
    return ".".join(quote(name) for name in names)


def is_folded(name: str) -> bool:
    """Whether the name needs no quotes, so that its case means nothing (docs.snowflake.com, "Identifier requirements").

    That of a column that is called by its expression (`COUNT(*)`) does.
    """
    return _UNQUOTED.fullmatch(name) is not None
