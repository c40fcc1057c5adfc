"""The one way a value gets into SQL text: where Snowflake takes no bind, as in DDL and in the functions SYSTEM$..."""

import re

from customertrack.errors import UserError

# What ARNs, addresses of buckets, external ids and plain names consist of. Nothing in it can end the string.
_SAFE = re.compile(r"[A-Za-z0-9_.:/@+=,-]+")


def literal(value: str) -> str:
    """`value` between single quotes.

    Raises UserError if it is empty or holds anything but letters, digits and `_.:/@+=,-`.
    """
    if not _SAFE.fullmatch(value):
        raise UserError(
            f"{value!r} is empty or holds a character other than letters, digits and _.:/@+=,- and could break out of "
            "the SQL around it; give the setting it comes from another value"
        )
    return f"'{value}'"
