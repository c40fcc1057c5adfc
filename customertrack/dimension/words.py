"""The nearest known word, for those who mistyped one."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, or all of them if none is near."""
    words = list(known)
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; it can be {', '.join(words)}"
