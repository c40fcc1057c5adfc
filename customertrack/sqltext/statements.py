"""SQL text into statements, by Snowflake's lexical rules.

The rules are those of docs.snowflake.com, "String & binary data types" (quotes, backslashes, `$$`), "Identifier
requirements" and "Comments": a string ends at a quote that is neither doubled nor escaped by a backslash; in a quoted
identifier a backslash is a backslash; nothing is special between `$$` and `$$`; block comments do not nest; a line
comment starts with `--` or `//`.
"""

import re
from dataclasses import dataclass

from customertrack.errors import UserError

HEAD_LENGTH = 80

# Possessive repeats: a backtracking match would end an unterminated string at the first half of a doubled quote.
_TOKEN = re.compile(
    r"""
    (?P<gap>\s+|--[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<end>;)
    |(?P<whole>'(?:[^'\\]|\\.|'')*+'|"(?:[^"]|"")*+"|\$\$.*?\$\$)
    |(?P<unclosed>'|"|\$\$|/\*)
    |(?P<code>[^\s;'"$/-]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
# By what opens it: what it is called, and what closes it.
_UNCLOSED = {"'": ("string", "'"), '"': ("quoted identifier", '"'), "$$": ("$$ body", "$$"), "/*": ("comment", "*/")}


@dataclass(frozen=True)
class Statement:
    """One statement: from its first token to its last, without the semicolon; comments between the two are kept.

    `line` is the line (from 1) of `path` on which `text` begins, so line k of `text` is line `line + k - 1` of the
    file.
    """

    text: str
    path: str
    line: int

    @property
    def head(self) -> str:
        """The beginning of the text on one line, at most 80 characters: enough to recognise it in a message."""
        return " ".join(self.text.split())[:HEAD_LENGTH]


def split(text: str, path: str) -> list[Statement]:
    """The statements of `text`, in order; `path` is only named in them and in errors. Lines end with a line feed.

    A semicolon outside strings, quoted identifiers, comments and `$$` bodies ends a statement; what holds no token is
    dropped. A BEGIN ... END block outside `$$` is cut at its semicolons: without a grammar its BEGIN cannot be told
    from the BEGIN of a transaction. Write the body between `$$`.

    Raises UserError, naming the line where it begins, if a string, quoted identifier, `$$` body or block comment is not
    closed.
    """
    statements: list[Statement] = []
    first = last = None
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "unclosed":
            raise _unclosed(token.group(), path, _line(text, token.start()))
        if kind == "gap":
            continue
        if kind != "end":
            first = token.start() if first is None else first
            last = token.end()
        elif first is not None:
            statements.append(Statement(text[first:last], path, _line(text, first)))
            first = None
    if first is not None:
        statements.append(Statement(text[first:last], path, _line(text, first)))
    return statements


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _unclosed(opened: str, path: str, line: int) -> UserError:
    noun, closing = _UNCLOSED[opened]
    return UserError(f"{path}:{line}: the {noun} that begins here is never closed; close it with {closing}")
