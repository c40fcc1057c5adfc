"""On which line of a TOML text a word stands, which tomllib does not tell.

For text that tomllib has read: nothing here looks for faults in the syntax.
"""

import re
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]

_STRING = r'"""(?:\\.|[^\\])*?"{3,5}' + r"|'''.*?'{3,5}" + r'|"(?:\\.|[^"\\])*"' + r"|'[^']*'"
_NAME = rf"(?:[A-Za-z0-9_-]+|{_STRING})"
_DOTTED = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER = re.compile(rf"\[\[?[ \t]*({_DOTTED})[ \t]*\]\]?", re.DOTALL)
_WORD = re.compile(rf"({_DOTTED})[ \t]*=", re.DOTALL)
_PART = re.compile(_NAME, re.DOTALL)
# What a value is made of: brackets may hold line ends, strings and comments may hold brackets.
_TOKEN = re.compile(rf"{_STRING}|#[^\n]*|[\[{{]|[\]}}]|\n|[^\[\]{{}}\"'#\n]+", re.DOTALL)
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


def lines(text: str) -> Mapping[Path, int]:
    """The line, from 1, of each table's header and of each word before a `=`; what is in `{}` is on its line."""
    found: dict[Path, int] = {}
    for at, path in _statements(text):
        for depth in range(1, len(path) + 1):
            found.setdefault(path[:depth], 1 + text.count("\n", 0, at))
    return found


def line_of(path: Path, found: Mapping[Path, int]) -> int:
    """The line of a word, or of the innermost table around it that is written; 1 if there is none."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in found:
            return found[path[:depth]]
    return 1


def _statements(text: str) -> Iterator[tuple[int, Path]]:
    table: Path = ()
    at = _after_blank(text, 0)
    while at < len(text):
        if header := _HEADER.match(text, at):
            table = _parts(header[1])
            yield at, table
            at = _after_blank(text, header.end())
        elif word := _WORD.match(text, at):
            yield at, (*table, *_parts(word[1]))
            at = _after_blank(text, _end_of_value(text, word.end()))
        else:
            return


def _end_of_value(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or (depth == 0 and token[0] == "\n"):
            return at
        depth += (token[0] in "[{") - (token[0] in "]}")
        at = token.end()
    return at


def _after_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
