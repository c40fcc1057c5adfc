"""A feed of snapshots: each file is a barrier that spares the keys it names, and an upsert for each of its rows.

Whether a guard would hold a snapshot is asked of `min_rows` alone. What `max_deleted` says depends on what had landed,
and on what somebody released.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from tests.dimension import definition as definitions
from tests.dimension.definition import Definition
from tests.dimension.judge import Input, Key, Place, Row
from tests.dimension.landed import Fields, LandedFile, rows
from tests.dimension.values import Misfit, event_time


def judged(
    definition: Definition, files: Iterable[LandedFile]
) -> tuple[list[Input], dict[Place, frozenset[str]], list[str]]:
    """The inputs of the snapshots that count, the rejects of all, and the names of those that are held."""
    rejects: dict[Place, frozenset[str]] = {}
    held: list[str] = []
    counting: dict[datetime, list[Input]] = {}
    for file in sorted(files, key=lambda file: file.name):
        landed = rows(file, definition.feed)
        time = _time(definition, file, landed)
        then = definitions.read(file.definition) if file.definition else definition
        inputs = _rows(then, file, landed, time, rejects) if time else None
        if time is None or inputs is None or len(landed) < definition.feed.min_rows:
            held.append(file.name)
        else:
            counting[time] = inputs
    return [given for inputs in counting.values() for given in inputs], rejects, held


def _rows(
    definition: Definition,
    file: LandedFile,
    landed: list[Fields],
    time: datetime,
    rejects: dict[Place, frozenset[str]],
) -> list[Input] | None:
    """The inputs of one snapshot; None if a row has no readable key, because nobody knows who is absent."""
    named: set[Key] = set()
    upserts: list[Input] = []
    readable = True
    for number, fields in enumerate(landed, 1):
        row, place = Row(definition, fields), (file.name, number)
        key = row.key()
        if row.reasons:
            readable = False
        else:
            named.add(key)
        said = row.said()
        if row.reasons:
            rejects[place] = frozenset(row.reasons)
        else:
            upserts.append(Input(time, (), place, 0, "upsert", key, said))
    barrier = Input(time, (), (file.name, 0), 0, "barrier", None, {}, frozenset(named))
    return [barrier, *upserts] if readable else None


def _time(definition: Definition, file: LandedFile, landed: list[Fields]) -> datetime | None:
    """The time that the file's name says, or the one that all its rows say; None if there is no such time."""
    feed = definition.feed
    if feed.time_file is not None:
        texts = {found[1] for found in re.finditer(feed.time_file, file.name)} or {None}
    else:
        texts = {fields.get(feed.time_column.lower()) for fields in landed}
    try:
        times = {event_time(text, feed.time_format) if text else None for text in texts}
    except Misfit:
        return None
    return times.pop() if len(times) == 1 else None
