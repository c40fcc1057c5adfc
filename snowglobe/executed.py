"""What a task executed, itself and by its procedure: what QUERY_HISTORY shows of a run."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

# What QUERY_TYPE calls a statement, where that is not its first word.
_TYPES = {"WITH": "SELECT", "BEGIN": "BEGIN_TRANSACTION", "START": "BEGIN_TRANSACTION"}


class Executed(NamedTuple):
    """A statement of a run, whether it failed or not."""

    sql: str
    started_at: datetime
    seconds: float


def noted(statements: Iterable[Executed], started_at: datetime) -> str:
    """The statements in the order in which they ended, for embedded.task_run: three lists, as short as can be.

    `started_at`: of the run; in the text stand the milliseconds from then on. JSON, because DuckDB takes half a
    millisecond to bind a list.
    """
    rows = [(_type(one.sql), (one.started_at - started_at).total_seconds(), one.seconds) for one in statements]
    types, after, took = zip(*rows, strict=True)
    return json.dumps(
        {"type": types, "after": _milliseconds(after), "took": _milliseconds(took)}, separators=(",", ":")
    )


def _type(sql: str) -> str:
    word = sql.split(maxsplit=1)[0].upper()
    return _TYPES.get(word, word)


def _milliseconds(seconds: Iterable[float]) -> list[int]:
    return [round(1000 * one) for one in seconds]
