"""The one way a value gets into SQL text: where Snowflake takes no bind, as in DDL and in the functions SYSTEM$..."""

import re

from customertrack.errors import UserError

# What ARNs, addresses of buckets, external ids and names of objects consist of. Nothing in it can end the string, the
# identifier or the `$$` body that a value stands in. Outside of quotes `--` and `//` would begin a comment, so values
# belong in quotes.
_SAFE = re.compile(r"[A-Za-z0-9_.:/@+=,-]+")


def safe(value: str, name: str) -> str:
    """`value` as it is; `name`: what an error calls it, since a value may be a secret.

    Raises UserError if it is empty or holds anything but letters, digits and `_.:/@+=,-`.
    """
    if not _SAFE.fullmatch(value):
        raise UserError(
            f"{name} is empty or holds a character other than letters, digits and _.:/@+=,- and could break out of the "
            "SQL around it; give it another value"
        )
    return value


def literal(value: str) -> str:
    """`value` between single quotes. Raises UserError as `safe`."""
    return f"'{safe(value, repr(value))}'"
