"""The generator as the commands use it: its flags, the feed that they choose, its stop, and its errors as ours."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from customertrack.demo.feed import HomeFeed, from_values
from customertrack.demo.memory import remembered
from customertrack.errors import UsageError, UserError
from customertrack.local.home import Home
from generator import Faults, GeneratorError, Settings, SettingsError, cli, read
from generator.cli import add_arguments, rates
from generator.delivery import Stop, stopped_by_signals
from generator.faults import USUAL_FAULTS
from generator.usual import usual_rates

__all__ = [
    "USUAL_FAULTS",
    "Settings",
    "Stop",
    "add_arguments",
    "chosen",
    "given_in",
    "made_anew",
    "rates",
    "stopped_by_signals",
    "told_to_the_user",
    "usual_values",
    "write_files",
]


def given_in(args: Namespace) -> dict[str, Any]:
    """The settings and faults that a command line gives, by their fields' names. A switch is given if it is on."""
    values = {field.name: getattr(args, field.name, None) for record in (Settings, Faults) for field in fields(record)}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def made_anew(home: Home, dimension: str, values: Mapping[str, Any]) -> HomeFeed:
    """A feed of the dimension as it is defined now. `values`: fields of Settings and Faults by name.

    Raises UsageError for a value that cannot be.
    """
    text = home.project.file(dimension).read_text(encoding="utf-8-sig")
    with told_to_the_user():
        return from_values(text, values)


def chosen(home: Home, dimension: str, given: Mapping[str, Any], otherwise: Mapping[str, Any]) -> HomeFeed:
    """The feed to make: the one remembered, else a new one of what is `given` and, where nothing is, `otherwise`.

    Both map field names of Settings and Faults to values. Raises UsageError if something else is given than what the
    dimension's feed was made with, and for a value that cannot be.
    """
    old = remembered(home, dimension)
    new = made_anew(home, dimension, {**(old.values() if old else otherwise), **given})
    if old is None:
        return new
    before, after = old.values(), new.values()
    other = [name for name in given if after[name] != before[name]]
    if other:
        made = ", ".join(_flag(name, before[name]) for name in other)
        raise UsageError(
            f"The feed in {home.folder} was made with {made} and goes on only so; "
            "leave that out here, or name another folder with --home."
        )
    return old


def usual_values(home: Home, dimension: str) -> dict[str, Any]:
    """What `run` makes of a dimension where nothing is said: faults, and all that may happen to a key in its feed.

    Raises UsageError for a definition that cannot be made up.
    """
    with told_to_the_user():
        definition = read(home.project.file(dimension).read_text(encoding="utf-8-sig"))
    return asdict(USUAL_FAULTS) | usual_rates(definition)


def write_files(args: Namespace, say: Callable[[str], None], feed: HomeFeed) -> None:
    """The files of the feed that `add_arguments`' flags ask for.

    Raises UsageError for flags that cannot be, UserError if a file cannot be written or the run was stopped.
    """
    with told_to_the_user():
        cli.run(args, feed.feed, say)


@contextmanager
def told_to_the_user() -> Iterator[None]:
    """The generator's errors as those of the rest: SettingsError as UsageError, the others as UserError."""
    try:
        yield
    except SettingsError as error:
        raise UsageError(f"{error}.") from error
    except GeneratorError as error:
        raise UserError(f"{error}.") from error


def _flag(name: str, value: Any) -> str:
    flag = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        return flag if value else f"no {flag}"
    if isinstance(value, Mapping):
        rates = ",".join(f"{group}={rate:g}" for group, rate in value.items())
        return f"{flag} {rates}" if rates else f"no {flag}"
    return f"{flag} {value.isoformat() if isinstance(value, datetime) else value}"
