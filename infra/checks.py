"""From what stands in cdk.json (JSON) or behind -c (text) to a value, or a sentence on what to give instead.

Each function makes a check: from the setting's name and its raw value to the value, raising SettingsError.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from infra.errors import SettingsError

Check = Callable[[str, Any], Any]


def whole(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(name: str, raw: Any) -> int:
        number = _number(raw, int)
        if number is None or not least <= number <= most:
            raise SettingsError(f"{name} is {_shown(raw)}: give a whole number from {least} to {most}")
        return number

    return check


def share(name: str, raw: Any) -> float:
    """A share from 0 to 1."""
    number = _number(raw, float)
    if number is None or not 0 <= number <= 1:
        raise SettingsError(f"{name} is {_shown(raw)}: give a share from 0 to 1, such as 0.02")
    return number


def yes_or_no(name: str, raw: Any) -> bool:
    """true or false."""
    value = {"true": True, "false": False}.get(str(raw).lower())
    if value is None:
        raise SettingsError(f"{name} is {_shown(raw)}: give true or false")
    return value


def one_of(*choices: Any) -> Check:
    """One of `choices`, which are all text or all whole numbers."""

    def check(name: str, raw: Any) -> Any:
        chosen = next((choice for choice in choices if str(choice) == str(raw)), None)
        if chosen is None:
            raise SettingsError(f"{name} is {_shown(raw)}: give one of {', '.join(map(str, choices))}")
        return chosen

    return check


def text(pattern: str, wanted: str) -> Check:
    """Text that is all of `pattern`; `wanted` says in words what that is."""
    whole_text = re.compile(pattern)

    def check(name: str, raw: Any) -> str:
        if not isinstance(raw, str) or not whole_text.fullmatch(raw):
            raise SettingsError(f"{name} is {_shown(raw)}: give {wanted}")
        return raw

    return check


def texts(pattern: str, wanted: str) -> Check:
    """Several texts of one pattern, without repetition: a JSON list, or text with commas between them."""
    one = text(pattern, f"{wanted}, several as a list or with commas between them")

    def check(name: str, raw: Any) -> tuple[str, ...]:
        parts = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else raw
        if not isinstance(parts, list):
            one(name, raw)
        values = tuple(one(name, part) for part in parts)
        if len(set(values)) < len(values):
            raise SettingsError(f"{name} is {_shown(raw)}: name each only once")
        return values

    return check


def _number(raw: Any, kind: type) -> Any:
    """The number that `raw` is or spells out, or None. JSON's true is no number, and 0.5 is no whole one."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        return kind(str(raw))
    except ValueError:
        return None


def _shown(raw: Any) -> str:
    return f"'{raw}'" if isinstance(raw, str) else json.dumps(raw)
