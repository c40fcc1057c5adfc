"""Values as cells of CSV, each with the delimiter before it."""

from dataclasses import dataclass
from functools import cached_property

from generator.definition import Definition, Dialect


@dataclass(frozen=True)
class CsvText:
    """How a dialect writes them. `null`: the unquoted word for NULL."""

    dialect: Dialect
    null: str | None = None

    @classmethod
    def of(cls, definition: Definition) -> "CsvText":
        """That of a definition."""
        return cls(definition.dialect, definition.null)

    @cached_property
    def empty(self) -> bytes:
        """The empty cell, which is NULL."""
        return self.dialect.delimiter.encode()

    @cached_property
    def _special(self) -> frozenset[str]:
        return frozenset(f"{self.dialect.delimiter}{self.dialect.quote}\r\n")

    def cell(self, text: str | None, *, is_quoted: bool = False, is_bare: bool = False) -> bytes:
        """A text; None is the empty cell. What is the word for NULL, and is not NULL, is quoted, as is what must be;
        with `is_bare` it is not."""
        if text is None:
            return self.empty
        quote = self.dialect.quote
        if quote and not is_bare and (is_quoted or text == self.null or not self._special.isdisjoint(text)):
            text = quote + text.replace(quote, quote * 2) + quote
        return self.empty + text.encode()
