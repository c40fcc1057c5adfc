"""INSERT into several tables: in one statement of DuckDB's, or, of many rows, in one for each table."""

import re
from collections.abc import Mapping

from snowglobe.catalog import Stream
from snowglobe.query.translate import Translation
from snowglobe.session import Session

_BIND = re.compile(r"\$(\w+)")


def run(session: Session, translation: Translation, binds: Mapping[str, object]) -> list[int]:
    """Insert, within a transaction; returns how many rows came into each table."""
    if not translation.steps or _reads_what_it_writes(session, translation):
        return list(session.run(translation.sql, binds).fetchall()[0])
    count, *steps = translation.steps
    left = _count(session, count, binds)
    counts = []
    for step in steps:
        # Most often the first has taken all, and the others need not be asked.
        counts.append(_count(session, step, binds) if left else 0)
        left -= counts[-1]
    return counts


def _reads_what_it_writes(session: Session, translation: Translation) -> bool:
    """Whether a later step would see the rows of an earlier one."""
    names = session.catalog.names_read({session.qualify(name) for name in translation.reads})
    watched = {stream.table for name in names if (stream := session.catalog.get(Stream, name))}
    return not (names | watched).isdisjoint(session.qualify(name) for name in translation.targets)


def _count(session: Session, sql: str, binds: Mapping[str, object]) -> int:
    """What the statement counts, with those of the binds that it has."""
    used = set(_BIND.findall(sql))
    return int(session.run(sql, {name: value for name, value in binds.items() if name in used}).fetchall()[0][0])
