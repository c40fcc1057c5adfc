"""What is known of a kind of object: its words, and what the statements about it do. registry.py lists all kinds."""

from collections.abc import Callable
from dataclasses import dataclass

from snowglobe.results import Result
from snowglobe.session import Session
from snowglobe.tokens import Tokens


@dataclass(frozen=True)
class Clauses:
    """What a CREATE has around the words of its kind."""

    or_replace: bool = False
    or_alter: bool = False
    if_not_exists: bool = False

    @property
    def may_exist(self) -> bool:
        """Whether an object that is there already is changed."""
        return self.or_replace or self.or_alter


Create = Callable[[Session, Tokens, Clauses], Result]
Run = Callable[[Session, Tokens], Result]


@dataclass(frozen=True)
class ObjectKind:
    """One kind. Each function gets the tokens behind `words`, `create` those behind IF NOT EXISTS; None: not known.

    `or_replace` is not for a kind whose objects remember something, such as what was loaded: it would be lost.
    """

    words: str
    create: Create | None = None
    alter: Run | None = None
    drop: Run | None = None
    describe: Run | None = None
    show: Run | None = None
    or_replace: bool = False
    or_alter: bool = False
    if_not_exists: bool = True
