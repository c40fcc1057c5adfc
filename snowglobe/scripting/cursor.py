"""A procedure's body as tokens with their places, and a cursor over them that the parser moves.

The tokens are those of sqlglot's Snowflake dialect, so that comments, '...', "..." and $$...$$ are read as elsewhere.
"""

import re
from collections.abc import Iterable
from typing import ClassVar, NoReturn

from sqlglot import TokenType
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import TokenError

from snowglobe.errors import DatabaseError, NotSupportedError, ProgrammingError
from snowglobe.tokens import TokenCursor

_WORD = re.compile(r"[^\W\d][\w$]*")
# How the tokenizer tells of a fault: the sentence, the line, and the offset in the text. Of a comment it does not tell.
_FAULT = re.compile(r"(.*) from \d+:(\d+)", re.DOTALL)
_OPENING = frozenset((TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE))
_CLOSING = frozenset((TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE))


class _Tokenizer(Snowflake.Tokenizer):
    # Otherwise CALL, EXECUTE and EXPLAIN swallow the rest of their statement, binds and all, as one string.
    COMMANDS: ClassVar[set[TokenType]] = set()


def words(text: str) -> frozenset[str]:
    """The words of a text, which is easier to read than their quotes."""
    return frozenset(text.split())


class Cursor(TokenCursor):
    """The tokens of a body; an index past the last one is its end. Every mismatch is an error that names its place."""

    def __init__(self, body: str) -> None:
        super().__init__(body, [])
        try:
            self.tokens = _Tokenizer(dialect="snowflake").tokenize(body)
        except TokenError as error:
            where = _FAULT.fullmatch(str(error.__cause__))
            fault = where[1] if where else "unterminated comment"
            offset = int(where[2]) if where else self.text.rfind("/*")
            line, position = self._place_of(offset)
            raise ProgrammingError(f"line {line} at position {position}: {fault}", 1003, "42000") from error

    def word(self, index: int | None = None) -> str:
        """The keyword or unquoted name there, in upper case; "" if there is none."""
        text = self.written(index)
        return text.upper() if _WORD.fullmatch(text) else ""

    def name(self, index: int | None = None) -> str:
        """The name there as Snowflake stores it: unquoted in upper case, quoted as it is; "" if there is none."""
        index = self.index if index is None else index
        return self.tokens[index].text if self.type(index) is TokenType.IDENTIFIER else self.word(index)

    def touches(self, index: int) -> bool:
        """Whether the next token follows this one without a space."""
        return index + 1 < len(self.tokens) and self.tokens[index].end + 1 == self.tokens[index + 1].start

    def place(self, index: int | None = None) -> tuple[int, int]:
        """Line (from 1) and position in it (from 0) where the token begins."""
        index = self.index if index is None else index
        return self._place_of(self.tokens[index].start if index < len(self.tokens) else len(self.text.rstrip()))

    def _place_of(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - (self.text.rfind("\n", 0, offset) + 1)

    def accept_type(self, token_type: TokenType) -> bool:
        """Steps over a token of the type if it comes next."""
        if self.type() is not token_type:
            return False
        self.index += 1
        return True

    def expect(self, *words: str) -> None:
        """Steps over the words, which must come next."""
        for word in words:
            if not self.accept(word):
                self.fail(self.index, f"expected {word}")

    def expect_type(self, token_type: TokenType, sign: str) -> None:
        """Steps over a token of the type, which must come next."""
        if not self.accept_type(token_type):
            self.fail(self.index, f"expected '{sign}'")

    def find(self, token_type: TokenType, sign: str) -> int:
        """The index of the next token of the type."""
        for index in range(self.index, len(self.tokens)):
            if self.tokens[index].token_type is token_type:
                return index
        return self.fail(len(self.tokens), f"expected '{sign}'")

    def outermost(self, start: int, end: int) -> Iterable[int]:
        """The indexes of the tokens that stand in no parentheses, brackets or braces; those themselves not."""
        depth = 0
        for index in range(start, end):
            token_type = self.tokens[index].token_type
            if token_type in _OPENING:
                depth += 1
            elif token_type in _CLOSING:
                depth -= 1
            elif depth == 0:
                yield index

    def fail(self, index: int, expected: str) -> NoReturn:
        """Raises the syntax error at the token."""
        found = f"'{self.written(index)}'" if index < len(self.tokens) else "the end"
        raise self.error(index, f"unexpected {found}: {expected}", 1003, "42000")

    def unknown(self, index: int, name: str, kind: str) -> NoReturn:
        """Raises the error of a name that stands for nothing."""
        raise self.error(index, f"invalid identifier '{name}': it is no {kind} here", 904, "42000")

    def unsupported(self, index: int, statement: str, instead: str) -> NoReturn:
        """Raises the error of a statement or feature that procedures do not have here."""
        line, position = self.place(index)
        message = f"line {line} at position {position}: {statement} is not supported in a procedure here; {instead}"
        raise NotSupportedError(message, 2, "0A000")

    def error(self, index: int, sentence: str, errno: int, sqlstate: str) -> DatabaseError:
        """The error with its place in front."""
        line, position = self.place(index)
        return ProgrammingError(f"line {line} at position {position}: {sentence}", errno, sqlstate)
