"""What Snowflake refuses of a task's options and of its WHEN.

https://docs.snowflake.com/en/sql-reference/sql/create-task and .../user-guide/tasks-triggered
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlglot import TokenType

from snowglobe.objects import session_parameters
from snowglobe.tokens import Tokens, syntax_error

_SIZES = ("XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE")
_INITIAL, _LEAST, _MOST = (
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE",
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE",
)
_TARGET = "TARGET_COMPLETION_INTERVAL"
_TRIGGER_INTERVAL = "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS"
# The least and the greatest number of each. A triggered task runs at most every 30 seconds, unless its option says 10
# or more.
_NUMBERS = {
    "SUSPEND_TASK_AFTER_NUM_FAILURES": (0, 2**31 - 1),
    "TASK_AUTO_RETRY_ATTEMPTS": (0, 30),
    "USER_TASK_TIMEOUT_MS": (0, 604_800_000),
    _TRIGGER_INTERVAL: (10, 604_800),
}
# The greatest number of seconds of each.
_INTERVALS = {"SCHEDULE": 11_520 * 60, _TARGET: 86_400}
_INTERVAL = re.compile(r"([0-9]+) +(S|M|H|SECOND|MINUTE|HOUR|SECONDS|MINUTES|HOURS)", re.IGNORECASE)
_UNITS = {"S": 1, "M": 60, "H": 3600}
_CRON = re.compile(r"USING +CRON +\S+ +\S+ +\S+ +\S+ +\S+ +UTC", re.IGNORECASE)
OPTIONS: dict[str, Any] = {
    "WAREHOUSE": "",
    **dict.fromkeys((_INITIAL, _LEAST, _MOST, *_INTERVALS), ""),
    **dict.fromkeys(_NUMBERS, 0),
    "COMMENT": "",
    **dict.fromkeys(session_parameters.NAMES),
}
_WORDS = {"AND", "OR", "NOT", "(", ")", "=", "<>", "!=", "TRUE", "FALSE"}


def check(options: Mapping[str, Any], condition: str, sql: str) -> None:
    """Raise ProgrammingError for what Snowflake refuses, NotSupportedError for a parameter that has no effect here.

    `condition`: the text behind WHEN, or "". `sql`: the statement, for errors.
    """
    for name in sorted(options.keys() & session_parameters.NAMES):
        session_parameters.check(name, options[name], sql)
    for name, (least, most) in _NUMBERS.items():
        if not least <= options.get(name, least) <= most:
            raise syntax_error(sql, f"{name} is a number from {least} to {most}")
    for name, most in _INTERVALS.items():
        text = options.get(name)
        if text is not None and not _is_interval(text, most) and not (name == "SCHEDULE" and _CRON.fullmatch(text)):
            raise syntax_error(sql, f"{name} is a number of seconds, minutes or hours, or for a schedule CRON in UTC")
    _check_sizes(options, sql)
    streams = _streams(condition, sql)
    if _TRIGGER_INTERVAL in options and (not streams or "SCHEDULE" in options):
        raise syntax_error(sql, f"{_TRIGGER_INTERVAL} is for a task that streams trigger")
    if streams and not options.keys() & {"SCHEDULE", "WAREHOUSE", _TARGET}:
        raise syntax_error(sql, f"a serverless task that streams trigger needs a {_TARGET}")


def runs_by_itself(options: Mapping[str, Any], condition: str) -> bool:
    """Whether anything ever starts the task: a schedule, or a stream of its WHEN."""
    return "SCHEDULE" in options or _streams(condition, condition)


def any_of_streams(condition: str) -> list[str]:
    """The names of the streams of which one with data is all that the condition asks for; none if it asks otherwise."""
    tokens, names = Tokens(condition), []
    while tokens.accept("SYSTEM$STREAM_HAS_DATA", "("):
        names.append(tokens.string())
        tokens.expect(")")
        if not tokens:
            return names
        if not tokens.accept("OR"):
            break
    return []


def _check_sizes(options: Mapping[str, Any], sql: str) -> None:
    given = {name: str(options[name]).upper() for name in (_LEAST, _INITIAL, _MOST) if name in options}
    if wrong := [size for size in given.values() if size not in _SIZES]:
        raise syntax_error(sql, f"there is no size {wrong[0]} of serverless tasks")
    if "WAREHOUSE" in options and (given or _TARGET in options):
        raise syntax_error(sql, "a task either has a WAREHOUSE or is serverless")
    ascending = [_SIZES.index(size) for size in given.values()]
    if ascending != sorted(ascending):
        raise syntax_error(sql, f"the sizes are not in the order {', '.join(given)}")


def _is_interval(text: str, most: int) -> bool:
    found = _INTERVAL.fullmatch(text)
    return found is not None and 10 <= int(found[1]) * _UNITS[found[2][0].upper()] <= most


def _streams(condition: str, sql: str) -> bool:
    """Whether the condition names a stream. Raises ProgrammingError if it has more than Snowflake evaluates there."""
    tokens, found = Tokens(condition, sql), False
    while tokens:
        if tokens.accept("SYSTEM$STREAM_HAS_DATA", "("):
            tokens.string()
            tokens.expect(")")
            found = True
        elif tokens.type() is TokenType.STRING or not any(tokens.accept(word) for word in _WORDS):
            raise tokens.unexpected("WHEN takes SYSTEM$STREAM_HAS_DATA with AND, OR and NOT")
    return found
