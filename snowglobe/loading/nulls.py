"""Which fields of a CSV file are NULL: what NULL_IF says, and what stands in quotes."""

from collections.abc import Sequence
from dataclasses import dataclass

from snowglobe.open_questions import OpenQuestion, Otherwise


@dataclass(frozen=True)
class Nulls:
    """The texts that are NULL: `bare` as they stand, `quoted` in quotes too, a part of them."""

    bare: frozenset[str]
    quoted: frozenset[str]

    @property
    def ask_for_quotes(self) -> bool:
        """Whether a field that is one of the texts has to be known to be quoted or not."""
        return self.quoted != self.bare


def nulls_of(null_if: Sequence[str], otherwise: Otherwise) -> Nulls:
    """What NULL_IF and the questions QUOTED_EMPTY_FIELD and QUOTED_NULL_WORD come to. '' is one of `null_if`."""
    words = frozenset(null_if) - {""}
    empty = frozenset() if OpenQuestion.QUOTED_EMPTY_FIELD in otherwise else frozenset({""})
    quoted = words if OpenQuestion.QUOTED_NULL_WORD in otherwise else frozenset()
    return Nulls(words | {""}, empty | quoted)
