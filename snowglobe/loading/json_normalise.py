"""The slow way through a JSON file: any file that can be read at all is rewritten with one document on each line."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from snowglobe.loading.csv_normalise import LINE_LIMIT
from snowglobe.loading.rows import FileError

# A string, a bracket, a comma, or a word such as a number; a quote alone begins a string that does not end.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]|[^\s"\[\]{},]+|"')
_FRACTION = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?')
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}


@dataclass(frozen=True)
class Rules:
    """How a file is read.

    `strip_outer_array`: the elements of an array that stands for itself are documents. `multi_line`: a document may
    span lines. `replace`: bytes that are no UTF-8 become U+FFFD, or are an error. `several_on_a_line`: documents need
    nothing between them. `largest`: bytes of a document.
    """

    strip_outer_array: bool
    multi_line: bool
    replace: bool
    several_on_a_line: bool
    largest: int


def one_a_line(source: Path, target: Path, rules: Rules) -> None:
    """Write the documents of `source` to `target`, one a line: UTF-8, LF, no byte order mark.

    A fraction that no DOUBLE has becomes a string with its digits. Memory holds one document. Raises FileError if
    `source` is no such file, OSError if `target` cannot be written.
    """
    errors = "replace" if rules.replace else "strict"
    with (
        source.open(encoding="utf-8-sig", errors=errors) as text,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        try:
            for line, document in _Documents(rules).of(text):
                out.write(_checked(line, document) + "\n")
        except UnicodeDecodeError as error:
            raise FileError("it has bytes that are no UTF-8") from error


@dataclass
class _Documents:
    """Where in a text one document ends and the next begins."""

    rules: Rules
    depth: int = 0
    begun: int = 0  # the line of the open document, 0 if none is open
    array: int = 0  # the line on which the outer array began, 0 outside
    before: str = ""  # what came last outside of a document: "", "a document", "a comma" or "an array"
    ended: int = 0  # the line of that
    parts: list[str] = field(default_factory=list)
    length: int = 0

    def of(self, text: TextIO) -> Iterator[tuple[int, str]]:
        """Each document with the line on which it begins."""
        for number, line in enumerate(_lines(text), start=1):
            start = 0
            for token in _TOKEN.finditer(line):
                if token[0] == '"':
                    raise FileError(f"line {number}: a string begins and is not closed on the line")
                if not self.begun:
                    if not self._begins(number, token[0]):
                        continue
                    self.begun, start = number, token.start()
                self.depth += _DEEPER.get(token[0], 0)
                if self.depth <= 0:
                    yield self.begun, self._document(number, line[start : token.end()])
            if self.begun:
                self._goes_on(number, line[start:])
        if self.begun or self.array:
            raise FileError(f"line {self.begun or self.array}: what begins there has no end, the file is cut")
        if self.before == "a comma":
            raise FileError(f"line {self.ended}: nothing follows the comma")

    def _begins(self, number: int, token: str) -> bool:
        """Whether a document begins with the token, which stands outside of any."""
        before, same_line, self.ended = self.before, self.ended == number, number
        if token == ",":
            if before != "a document":
                raise FileError(f"line {number}: a comma that follows no document")
            self.before = "a comma"
        elif token == "]" and self.array and before != "a comma":
            self.array, self.before = 0, "a document"
        elif token in ("]", "}"):
            raise FileError(f"line {number}: '{token}' stands where a document should begin")
        elif before == "a document" and self.array:
            raise FileError(f"line {number}: a comma is missing between two elements")
        elif before == "a document" and same_line and not self.rules.several_on_a_line:
            raise FileError(f"line {number}: a second document on the line, without a comma between")
        elif token == "[" and self.rules.strip_outer_array and not self.array:
            self.array, self.before = number, "an array"
        else:
            return True
        return False

    def _document(self, number: int, part: str) -> str:
        text = "".join([*self.parts, part])
        self._check_length(len(text))
        self.parts, self.length, self.begun, self.depth = [], 0, 0, 0
        self.before, self.ended = "a document", number
        return text

    def _goes_on(self, number: int, part: str) -> None:
        if not self.rules.multi_line:
            raise FileError(f"line {number}: a document does not end on its line")
        # A line end stands for a blank: within a string there is none.
        self.parts.append(part.rstrip("\n") + " ")
        self.length += len(part)
        self._check_length(self.length)

    def _check_length(self, length: int) -> None:
        if length > self.rules.largest:
            raise FileError(f"line {self.begun}: a document is longer than {self.rules.largest:,} bytes")


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LINE_LIMIT):
        if len(line) == LINE_LIMIT:
            raise FileError(f"a line is longer than {LINE_LIMIT:,} characters")
        yield line


def _checked(line: int, text: str) -> str:
    """The document, its fractions such that DuckDB loses no digit. Raises FileError if it is none."""
    inexact: set[str] = set()

    def fraction(digits: str) -> None:
        if not _is_double(digits):
            inexact.add(digits)

    try:
        json.loads(text, object_pairs_hook=_object, parse_float=fraction, parse_int=str)
    except json.JSONDecodeError as error:
        raise FileError(f"line {line}: the document that begins there is not valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise FileError(f"line {line}: the document that begins there is too deep") from error
    except _TwiceError as error:
        raise FileError(f'line {line}: an object has the name "{error}" twice') from error
    return _FRACTION.sub(lambda token: f'"{token[0]}"' if token[0] in inexact else token[0], text) if inexact else text


class _TwiceError(Exception):
    """An object has a name twice."""


def _object(pairs: list[tuple[str, object]]) -> None:
    names = set()
    for name, _ in pairs:
        if name in names:
            raise _TwiceError(name)
        names.add(name)


def _is_double(digits: str) -> bool:
    """Whether a DOUBLE has this fraction, and is written with the same digits; also one that is beyond all of them.

    DuckDB keeps the text of a number that is beyond all of them.
    """
    number = float(digits)
    return math.isinf(number) or Decimal(repr(number)) == Decimal(digits)
