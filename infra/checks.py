"""From what stands in cdk.json (JSON) or behind -c (text) to a value, or a sentence on what to give instead.

Each function makes a check: from the setting's name and its raw value to the value, raising SettingsError.
"""

import json
import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from infra.errors import SettingsError

Check = Callable[[str, Any], Any]

# Fewer than the 50 that a resource may have: CDK adds some of its own.
MOST_TAGS = 40
# With the longest names, their landing folders fill most of what a role's policies may have (10,240 characters).
MOST_DIMENSIONS = 40
# A month.
MOST_MINUTES = 44_640
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}")


def whole(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(name: str, raw: Any) -> int:
        number = _number(raw, int)
        if number is None or not least <= number <= most:
            raise SettingsError(f"{name} is {_shown(raw)}: give a whole number from {least} to {most}")
        return number

    return check


def none_or(least: int, most: int) -> Check:
    """0, or a whole number from `least` to `most`."""

    def check(name: str, raw: Any) -> int:
        number = _number(raw, int)
        if number is None or not (number == 0 or least <= number <= most):
            raise SettingsError(f"{name} is {_shown(raw)}: give 0, or a whole number from {least} to {most}")
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


def text_unless(pattern: str, wanted: str, refused: str, reason: str) -> Check:
    """As `text`, but not if any of `refused` is found in it; `reason` is the sentence for that."""
    one = text(pattern, wanted)
    barred = re.compile(refused)

    def check(name: str, raw: Any) -> str:
        if isinstance(raw, str) and barred.search(raw):
            raise SettingsError(f"{name} is {_shown(raw)}: {reason}")
        return one(name, raw)

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


def dimensions(folder: Path) -> Check:
    """The dimensions to deploy: names of definitions in `folder`. What is in these is looked at later."""
    several = texts(".+", "names of dimensions")

    def check(name: str, raw: Any) -> tuple[str, ...]:
        values = several(name, raw)
        known = sorted(path.stem for path in folder.glob("*.toml"))
        for value in values:
            if value not in known:
                raise SettingsError(
                    f"{name} is {_shown(raw)}, but there is no definition {_shown(value)} in {folder.name}/: "
                    f"{nearest(value, known)}"
                )
        if not values:
            raise SettingsError(f"{name} is {_shown(raw)}: name one dimension at least, or leave {name} out")
        if len(values) > MOST_DIMENSIONS:
            raise SettingsError(
                f"{name} has {len(values)} names: a stack has room for {MOST_DIMENSIONS}, so leave some out, or deploy "
                "them as another stage"
            )
        return values

    return check


def intervals(name: str, raw: Any) -> tuple[tuple[str, int], ...]:
    """Minutes by the names of dimensions: a JSON object, or text such as product=1440."""
    pairs = [(key, str(value)) for key, value in raw.items()] if isinstance(raw, dict) else _pairs(raw)
    minutes = whole(1, MOST_MINUTES)
    if pairs is None:
        raise SettingsError(
            f'{name} is {_shown(raw)}: give an object such as {{"product": 1440}}, or text such as product=1440'
        )
    if len({key for key, _ in pairs}) < len(pairs):
        raise SettingsError(f"{name} is {_shown(raw)}: name each only once")
    try:
        return tuple(sorted((key, minutes(key, value)) for key, value in pairs))
    except SettingsError as error:
        raise SettingsError(f"{name} is {_shown(raw)}, in which {error}") from None


def nearest(word: str, known: Collection[str]) -> str:
    """What may have been meant by a word that is not known."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"


def tags(name: str, raw: Any) -> tuple[tuple[str, str], ...]:
    """Tags of AWS as pairs, by key: a JSON object, or text such as team=data,cost=42."""
    pairs = _pairs(raw)
    if pairs is None:
        raise SettingsError(
            f'{name} is {_shown(raw)}: give an object such as {{"team": "data"}}, or text such as team=data,cost=42'
        )
    for key, value in pairs:
        if not _TAG_KEY.fullmatch(key) or key.lower().startswith("aws:") or not _TAG_VALUE.fullmatch(value):
            raise SettingsError(
                f"{name} is {_shown(raw)}, and {_shown(key)} = {_shown(value)} cannot be a tag: give keys of 1 to 128 "
                "and values of up to 256 letters, digits, spaces and _.:/=+-@, no key beginning with aws:"
            )
    if len({key for key, _ in pairs}) < len(pairs) or len(pairs) > MOST_TAGS:
        raise SettingsError(f"{name} is {_shown(raw)}: name each key only once, and {MOST_TAGS} of them at most")
    return tuple(sorted(pairs))


def _pairs(raw: Any) -> list[tuple[str, str]] | None:
    """Keys and values as they are written, or None if it is neither an object of texts nor text of pairs."""
    if isinstance(raw, dict):
        return list(raw.items()) if all(isinstance(value, str) for value in raw.values()) else None
    if not isinstance(raw, str):
        return None
    parts = [part.partition("=") for part in raw.split(",")] if raw.strip() else []
    if not all(equals for _, equals, _ in parts):
        return None
    return [(key.strip(), value.strip()) for key, _, value in parts]


def _number(raw: Any, kind: type) -> Any:
    """The number that `raw` is or spells out, or None. JSON's true is no number, and 0.5 is no whole one."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        return kind(str(raw))
    except ValueError:
        return None


def _shown(raw: Any) -> str:
    """In one line, whatever it is."""
    return f"'{raw}'" if isinstance(raw, str) and raw.isprintable() else json.dumps(raw)
