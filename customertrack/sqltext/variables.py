"""Deploy-time values in SQL files: `{{ name }}` is replaced, nothing else is rendered."""

import re
from collections.abc import Mapping

from customertrack.errors import UserError

_OPENING = re.compile(r"\{\{(?:\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\})?")
# What bucket addresses, ARNs and names of objects consist of. Nothing in it can end the string, the identifier or the
# `$$` body that a value stands in. Outside of quotes `--` and `//` would begin a comment, so values belong in quotes.
_SAFE = re.compile(r"[A-Za-z0-9_.:/@+=,-]+")


def substitute(text: str, values: Mapping[str, str], path: str) -> tuple[str, set[str]]:
    """`text` with every `{{ name }}` replaced by `values[name]`, and the names used. Line numbers do not change.

    Raises UserError naming `path` and the line if a placeholder is malformed or its name is not in `values`, and naming
    the variable (never its value) if the value holds anything but letters, digits and `_.:/@+=,-`, or nothing.
    """
    used: set[str] = set()

    def value_of(opening: re.Match[str]) -> str:
        name = opening.group(1)
        place = f"{path}:{text.count(chr(10), 0, opening.start()) + 1}"
        if name is None:
            raise UserError(f"{place}: '{{{{' begins a placeholder that is not of the form {{{{ name }}}}; correct it")
        if name not in values:
            raise UserError(
                f"{place}: the variable {name} has no value; give it one, or correct the name ({_known(values)})"
            )
        used.add(name)
        return _safe(name, values[name])

    return _OPENING.sub(value_of, text), used


def unused(values: Mapping[str, str], used: set[str]) -> list[str]:
    """One sentence for each variable that has a value but stands in none of the files: most likely a misspelt name."""
    return [
        f"the variable {name} is used in no file; write {{{{ {name} }}}} where it belongs, or leave it out"
        for name in sorted(set(values) - used)
    ]


def _safe(name: str, value: str) -> str:
    if not _SAFE.fullmatch(value):
        raise UserError(
            f"the value of the variable {name} is empty or holds a character other than letters, digits and _.:/@+=,- "
            "and could break out of the SQL around it; give it another value"
        )
    return value


def _known(values: Mapping[str, str]) -> str:
    return "known: " + ", ".join(sorted(values)) if values else "none is given"
