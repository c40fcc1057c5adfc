"""What a warehouse says about a statement, as one sentence."""

import re

from customertrack.warehouse import WarehouseError

# The embedded warehouse's engine shows the place in a text of its own, which the user has not written.
_PLACE = re.compile(r"\n+LINE \d+:.*", re.DOTALL)
_KIND = re.compile(r"\A(?:[A-Z][a-z]+ )+Error: ")


def sentence(error: WarehouseError) -> str:
    """The number and the message, on one line."""
    message = _KIND.sub("", _PLACE.sub("", str(error.msg or error)))
    message = " ".join(message.split()).rstrip(".")
    return f"{message} (error {error.errno:06}, {error.sqlstate})." if error.errno not in (None, -1) else f"{message}."
