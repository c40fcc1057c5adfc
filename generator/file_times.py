"""Times in the names of files, by a definition's expression for them: one group, in which a time of ISO 8601 fits."""

import re
from datetime import datetime

from generator.errors import SettingsError

# From the finest to the coarsest, as each is written, and the milliseconds that it can tell apart.
_FORMATS = {
    "%Y-%m-%dT%H:%M:%SZ": 1_000,
    "%Y-%m-%dT%H:%M:%S": 1_000,
    "%Y-%m-%d %H:%M:%S": 1_000,
    "%Y-%m-%dT%H:%MZ": 60_000,
    "%Y-%m-%dT%H:%M": 60_000,
    "%Y-%m-%d %H:%M": 60_000,
    "%Y-%m-%d": 86_400_000,
}
_EXAMPLE = datetime(2026, 1, 31, 23, 59, 59)


def unit_ms(pattern: str) -> int:
    """The milliseconds that such times can tell apart. Raises SettingsError if none is found."""
    return _FORMATS[_form(pattern)]


def written(pattern: str, moment: datetime) -> str:
    """A moment as the group takes it. Raises SettingsError if no time of ISO 8601 is found that it takes."""
    return moment.strftime(_form(pattern))


def found(pattern: str, name: str) -> list[str]:
    """The times in a name."""
    return [match[1] for match in re.finditer(pattern, name)]


def around(pattern: str) -> tuple[str, str]:
    """What of the expression stands before its group, and what behind it."""
    begin, end = _group(pattern)
    return pattern[:begin], pattern[end:]


def _form(pattern: str) -> str:
    begin, end = _group(pattern)
    inner = pattern[begin + 1 : end - 1]
    for form in _FORMATS:
        if re.fullmatch(inner, _EXAMPLE.strftime(form)):
            return form
    raise SettingsError(f"no time of ISO 8601 is found that fits {inner}: write the expression in a simpler way")


def _group(pattern: str) -> tuple[int, int]:
    """Where the group that is caught begins and ends."""
    depth, begin, is_set, at = 0, None, False, 0
    while at < len(pattern):
        match pattern[at]:
            case "\\":
                at += 1
            case "[":
                is_set = True
            case "]":
                is_set = False
            case "(" if not is_set:
                if begin is None and pattern[at + 1 : at + 2] != "?":
                    begin, depth = at, 0
                depth += 1
            case ")" if not is_set:
                depth -= 1
                if begin is not None and depth == 0:
                    return begin, at + 1
        at += 1
    raise SettingsError(f"{pattern} has no group for the time: put one around it")
