"""DROP: what it is for all kinds that the catalog has, and its answers."""

from collections.abc import Callable

from snowglobe.catalog import E
from snowglobe.errors import does_not_exist
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens


def drop_entry(
    session: Session,
    tokens: Tokens,
    kind: type[E],
    also: Callable[[Session, E], None] | None = None,
    signature: tuple[str, ...] = (),
) -> Result:
    """DROP ... [IF EXISTS] name. `also`: what goes with the entry; `signature`: what has to follow the name."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = session.qualify(tokens.name()) if kind.in_schema else tokens.name()
    tokens.expect(*signature)
    tokens.end()
    entry = session.catalog.get(kind, name)
    if entry is not None:
        with session.ddl():
            if also:
                also(session, entry)
            session.catalog.drop(session.duck, kind, name)
    return answer(kind.words, name, entry is not None, if_exists)


def answer(words: str, name: str, dropped: bool, if_exists: bool) -> Result:
    """What DROP says. Raises ProgrammingError if nothing was there and that is not allowed."""
    if dropped:
        return status(f"{name.upper()} successfully dropped.")
    if if_exists:
        return status("Drop statement executed successfully.")
    raise does_not_exist(words, name)
