"""Deploy-time values in SQL files: `{{ name }}` is replaced, nothing else is rendered."""

import re
from collections.abc import Mapping

from customertrack.errors import UserError
from customertrack.sqltext.literals import safe

_OPENING = re.compile(r"\{\{(?:\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\})?")


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
        return safe(values[name], f"the value of the variable {name}")

    return _OPENING.sub(value_of, text), used


def unused(values: Mapping[str, str], used: set[str]) -> list[str]:
    """One sentence for each variable that has a value but stands in none of the files: most likely a misspelt name."""
    return [
        f"the variable {name} is used in no file; write {{{{ {name} }}}} where it belongs, or leave it out"
        for name in sorted(set(values) - used)
    ]


def _known(values: Mapping[str, str]) -> str:
    return "known: " + ", ".join(sorted(values)) if values else "none is given"
