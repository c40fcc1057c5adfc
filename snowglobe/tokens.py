"""Reading what is our own work: a cursor over sqlglot's Snowflake tokens, and the one that reads a statement."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from snowglobe.errors import NotSupportedError, ProgrammingError

SYNTAX_ERROR = 1003

_NAME_END = {
    TokenType.EQ,
    TokenType.COMMA,
    TokenType.SEMICOLON,
    TokenType.STRING,
    TokenType.NUMBER,
    TokenType.L_PAREN,
    TokenType.R_PAREN,
}


@lru_cache(maxsize=256)
def _tokenised(text: str) -> tuple[Token, ...]:
    """The same few statements come again and again: of a pipe, of a task, of its procedure."""
    return tuple(sqlglot.tokenize(text, read="snowflake"))


class TokenCursor:
    """A text, its tokens, and the index of the next one; an index outside stands for no token."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.index = 0

    def type(self, index: int | None = None) -> TokenType | None:
        """The type of a token, by default of the next one; None outside the text."""
        index = self.index if index is None else index
        return self.tokens[index].token_type if 0 <= index < len(self.tokens) else None

    def written(self, index: int | None = None) -> str:
        """A token as written, by default the next one, with its quotes; "" outside the text."""
        index = self.index if index is None else index
        return self.between(index, index + 1) if 0 <= index < len(self.tokens) else ""

    def between(self, start: int, end: int) -> str:
        """The text of the tokens [start, end)."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end + 1] if end > start else ""

    def accept(self, *words: str) -> bool:
        """Step over `words` if they come next; a string is no word."""
        if all(self.written(self.index + i).upper() == word for i, word in enumerate(words)):
            self.index += len(words)
            return True
        return False


class Tokens(TokenCursor):
    """A position in the tokens of one statement; every mismatch is an error that names the statement."""

    def __init__(self, text: str, sql: str = "") -> None:
        """Tokenise `text`, one statement or what follows its first word; `sql`: the whole statement, for errors."""
        self.sql = sql or text
        try:
            tokens = list(_tokenised(text))
        except SqlglotError as error:
            raise syntax_error(self.sql, str(error).splitlines()[0]) from error
        while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
            tokens.pop()
        if any(token.token_type is TokenType.SEMICOLON for token in tokens):
            raise syntax_error(self.sql, "expected one statement")
        super().__init__(text, tokens)

    def __bool__(self) -> bool:
        return self.index < len(self.tokens)

    def peek(self, ahead: int = 0) -> str:
        """The upper-case text of a token to come, or ''; with its quotes, so that a string is taken for no keyword."""
        return self.written(self.index + ahead).upper()

    def expect(self, *words: str) -> None:
        """Step over `words`, which must come next."""
        if not self.accept(*words):
            raise self.unexpected(f"expected {' '.join(words)}")

    def name(self) -> str:
        """A name of one to three parts, in lower case: the embedded warehouse folds quoted names too."""
        parts = [self._word()]
        while self.accept("."):
            parts.append(self._word())
        return ".".join(parts).lower()

    def string(self) -> str:
        """A string literal."""
        if self.type() not in (TokenType.STRING, TokenType.RAW_STRING):
            raise self.unexpected("expected a string")
        return self._next().text

    def number(self) -> int:
        """A whole number."""
        if self.type() is not TokenType.NUMBER or not self.written().isdecimal():
            raise self.unexpected("expected a whole number")
        return int(self._next().text)

    def options(self, known: Mapping[str, object], *, with_commas: Collection[str] = ()) -> dict[str, Any]:
        """`KEY = value` pairs up to the end or to a token that begins none; `with_commas`: keys with commas between.

        A key outside `known`, a key that is there twice, or a value of another type than the one in `known` (None: any)
        is an error.
        """
        found: dict[str, Any] = {}
        while self.type(self.index + 1) is TokenType.EQ:
            key = self.peek()
            if key not in known:
                message = f"The embedded warehouse does not know the option {key} in: {head(self.sql)}"
                raise NotSupportedError(message, 2, "0A000")
            if key in found:
                raise self.unexpected("it is there twice")
            self.index += 2
            found[key] = self._value()
            if known[key] is not None and type(found[key]) is not type(known[key]):
                raise syntax_error(self.sql, f"{key} takes no value like {found[key]!r}")
            if key in with_commas and self.peek(1) in with_commas:
                self.accept(",")
        return found

    def rest(self) -> str:
        """The text from here to the end, as written."""
        begin, self.index = self.index, len(self.tokens)
        return self.between(begin, self.index)

    def adjacent(self) -> str:
        """The text from here to the next blank, or to the end."""
        begin = self.index
        while self and (self.index == 0 or self.tokens[self.index].start == self.tokens[self.index - 1].end + 1):
            self.index += 1
        return self.between(begin, self.index)

    def until(self, word: str) -> str:
        """The text from here up to the next `word` outside brackets, which is stepped over."""
        text = self._up_to(word)
        self.expect(word)
        return text

    def words_before(self, word: str) -> list[str]:
        """The tokens from here up to the next `word` outside brackets, in upper case; none is stepped over."""
        begin = self.index
        self._up_to(word)
        found, self.index = [self.written(at).upper() for at in range(begin, self.index)], begin
        return found

    def argument_type(self) -> str:
        """A type with its brackets, up to the comma or bracket that ends it."""
        text = self._up_to(",", ")")
        if not text:
            raise self.unexpected("expected a type")
        return text

    def type_with_brackets(self) -> str:
        """A type by its name, and what stands in brackets behind it."""
        begin = self.index
        self.name()
        if self.accept("("):
            self.until(")")
        return self.between(begin, self.index)

    def end(self) -> None:
        """Nothing may be left."""
        if self:
            raise self.unexpected("did not expect it")

    def unexpected(self, why: str) -> ProgrammingError:
        """An error that shows the next token, `why`, and the statement."""
        return syntax_error(self.sql, f"unexpected '{self.peek() or 'end of statement'}': {why}")

    def _next(self) -> Token:
        if not self:
            raise self.unexpected("expected more")
        token = self.tokens[self.index]
        self.index += 1
        return token

    def _up_to(self, *ends: str) -> str:
        """The text from here up to the next of `ends` outside brackets, or to the end of the statement."""
        begin, depth = self.index, 0
        while self and (depth or self.peek() not in ends):
            depth += {"(": 1, ")": -1}.get(self.peek(), 0)
            self.index += 1
        return self.between(begin, self.index)

    def _word(self) -> str:
        if not self or self.type() in _NAME_END:
            raise self.unexpected("expected a name")
        return self._next().text

    def _value(self) -> object:
        kind = self.type()
        if self.accept("("):
            return self._list()
        if kind is TokenType.NUMBER:
            return int(self._next().text)
        if kind in (TokenType.STRING, TokenType.RAW_STRING):
            return self._next().text
        word = self.name().upper()
        return {"TRUE": True, "FALSE": False}.get(word, word)

    def _list(self) -> object:
        """A bracketed list of values, or of `key = value` pairs (as a dict with upper-case keys).

        As in Snowflake, pairs may be separated by blanks alone.
        """
        pairs: dict[str, object] = {}
        items: list[object] = []
        while not self.accept(")"):
            if self.type(self.index + 1) is TokenType.EQ:
                key = self.peek()
                self.index += 2
                pairs[key] = self._value()
            else:
                items.append(self._value())
            separated = self.accept(",") or (pairs and self.type(self.index + 1) is TokenType.EQ)
            if not separated and self.peek() != ")":
                raise self.unexpected("expected , or )")
        if pairs and items:
            raise self.unexpected("expected either values or keys with values in brackets")
        return pairs or tuple(items)


def head(sql: str) -> str:
    """The beginning of a statement, on one line, for an error."""
    line = " ".join(sql.split())
    return line if len(line) <= 80 else line[:77] + "..."


def unknown(sql: str) -> NotSupportedError:
    """The error for a statement that nothing here knows."""
    return NotSupportedError(f"The embedded warehouse does not know this statement: {head(sql)}", 2, "0A000")


def syntax_error(sql: str, why: str) -> ProgrammingError:
    """Snowflake's error for a statement that does not parse: errno 1003, sqlstate 42000."""
    return ProgrammingError(f"SQL compilation error in '{head(sql)}': {why}", SYNTAX_ERROR, "42000")
