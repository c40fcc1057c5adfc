"""One table of a definition: its words are asked for one by one, and what nobody has asked for is unknown."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, TypeVar

from customertrack.dimension.faults import Faults
from customertrack.dimension.places import Path
from customertrack.dimension.words import did_you_mean

T = TypeVar("T", bound=str)

_KINDS: Sequence[tuple[type | tuple[type, ...], str]] = (
    (bool, "true or false"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a table"),
    ((date, time), "a date or time without quotes"),
)


# What the files of SQL cannot hold, however it is quoted: the end of a procedure's body, a value of the deploy, and
# what ends a text.
NOT_IN_SQL = ("$$", "{{", "\0")


class Section:
    """What is asked for and is not there is None. What is there and is of another kind is a fault, and None too."""

    def __init__(self, table: Mapping[str, Any], path: Path, faults: Faults) -> None:
        self._table, self._path, self._faults = table, path, faults
        self._asked: list[str] = []

    def text(self, word: str) -> str | None:
        """A text that is not empty."""
        value = self._value(word, str, "text in quotes")
        return self.wrong(word, "is empty") if value == "" else value

    def whole(self, word: str, least: int) -> int | None:
        """A whole number that is not less than `least`."""
        value = self._value(word, int, "a whole number")
        if value is not None and value < least:
            return self.wrong(word, f"must be {least} or more, and is {value}")
        return value

    def share(self, word: str) -> float | None:
        """A number from 0 to 1."""
        value = self._value(word, (int, float), "a number from 0 to 1")
        return value if value is None or 0 <= value <= 1 else self.wrong(word, f"must be from 0 to 1, and is {value}")

    def flag(self, word: str) -> bool | None:
        """True or false."""
        return self._value(word, bool, "true or false")

    def choice(self, word: str, words: Sequence[T]) -> T | None:
        """One of the words."""
        value = self._value(word, str, f"one of the words {', '.join(words)}, in quotes")
        known = next((one for one in words if one == value), None)
        if known is None and value is not None:
            return self.wrong(word, f'cannot be "{value}"{did_you_mean(value, words)}')
        return known

    def texts(self, word: str, *, may_be_empty: bool = False) -> tuple[str, ...] | None:
        """A list of texts, of which each is there once, and none is empty unless it may be."""
        value = self._value(word, list, 'a list of texts, as ["a", "b"]')
        if value is None:
            return None
        if not all(isinstance(one, str) for one in value):
            return self.wrong(word, 'must be a list of texts, as ["a", "b"]')
        if "" in value and not may_be_empty:
            return self.wrong(word, "has an empty text in it")
        if twice := [one for one in value if value.count(one) > 1]:
            return self.wrong(word, f'has "{twice[0]}" twice')
        return tuple(value)

    def section(self, word: str) -> "Section | None":
        """A table inside this one."""
        value = self._value(word, dict, "a table")
        return None if value is None else Section(value, (*self._path, word), self._faults)

    def either(self, word: str, shorthand: str) -> "str | Section | None":
        """A text, or a table in which that text is one of the words; `shorthand` shows the text in a sentence."""
        value = self._value(word, (str, dict), f"{shorthand}, or a table with more words")
        return Section(value, (*self._path, word), self._faults) if isinstance(value, dict) else value

    def names(self) -> Iterator[str]:
        """All words that are there, for a table in which they are names of the user's."""
        yield from self._table

    def has(self, word: str) -> bool:
        """Whether it is there, of whatever kind."""
        return word in self._table

    def holds_list(self, word: str) -> bool:
        """Whether it is there and is a list."""
        return isinstance(self._table.get(word), list)

    def need(self, word: str, why: str) -> None:
        """A fault if the word is missing. `why`: a clause that says what it is for."""
        if not self.has(word):
            self._faults.add(self._path, f"{self.called(word)} is missing: {why}")

    def wrong(self, word: str, clause: str) -> None:
        """A fault at the word."""
        self._faults.add((*self._path, word), f"{self.called(word)} {clause}")

    def called(self, word: str) -> str:
        """The word with the tables around it, for a sentence."""
        return ".".join((*self._path, word))

    def end(self) -> None:
        """Everything has been asked for: a fault for each word that has not."""
        for word in self._table:
            if word not in self._asked:
                where = f"in [{'.'.join(self._path)}]" if self._path else "at the top"
                self._faults.add(
                    (*self._path, word), f'There is no word "{word}" {where}{did_you_mean(word, self._asked)}'
                )

    def _value(self, word: str, kind: type | tuple[type, ...], wanted: str) -> Any:
        self._asked.append(word)
        value = self._table.get(word)
        # In Python a truth value is a whole number too.
        if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
            return self._in_sql(word, value)
        is_what = next(text for each, text in _KINDS if isinstance(value, each))
        return self.wrong(word, f"must be {wanted}, and is {is_what}")

    def _in_sql(self, word: str, value: Any) -> Any:
        """The value, or a fault if a text of it cannot stand in SQL."""
        texts = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        for part in NOT_IN_SQL:
            if any(part in text for text in texts):
                return self.wrong(word, f"has {json.dumps(part)} in it, which no file of SQL can hold")
        return value
