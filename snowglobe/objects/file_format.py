"""File formats: CREATE FILE FORMAT. A type of file is read in one way; options that would change it are errors."""

from copy import copy
from typing import Any

from snowglobe.catalog import FileFormat
from snowglobe.errors import NotSupportedError, already_exists
from snowglobe.loading.formats import FORMATS
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head

_NOT_WRITTEN = "its default"


def create_file_format(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER | OR REPLACE] FILE FORMAT [IF NOT EXISTS] name options, of which TYPE must be one."""
    name = session.qualify(tokens.name())
    options = _options(tokens)
    if session.catalog.get(FileFormat, name) and not clauses.may_exist:
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    with session.ddl():
        session.catalog.put(session.duck, FileFormat(name, options))
    return status(f"File format {name.upper()} successfully created.")


def _options(tokens: Tokens) -> dict[str, Any]:
    """The options as written. Raises NotSupportedError if files would have to be read in another way."""
    of_any_type = dict.fromkeys(option for format_type in FORMATS.values() for option in format_type.options)
    # What options there are depends on TYPE, which may stand behind them.
    ahead = copy(tokens)
    name = ahead.options({**of_any_type, "TYPE": ""}).get("TYPE", _NOT_WRITTEN)
    ahead.end()
    if name not in FORMATS:
        raise _unreadable(tokens, "TYPE", name, " or ".join(FORMATS))
    format_type = FORMATS[name]
    options = tokens.options({**format_type.examples, "TYPE": ""})
    for key in format_type.required:
        options.setdefault(key, _NOT_WRITTEN)
    for key in format_type.options.keys() & options.keys():
        if not format_type.reads(key, options[key]):
            more = " and words without comma, quote or line end" if key in format_type.lists else ""
            raise _unreadable(tokens, key, options[key], f"{format_type.options[key]}{more}")
    if reason := format_type.conflict(options):
        message = f"The embedded warehouse cannot read such files, {reason}: {head(tokens.sql)}"
        raise NotSupportedError(message, 2, "0A000")
    return options


def _unreadable(tokens: Tokens, key: str, value: object, readable: object) -> NotSupportedError:
    message = f"The embedded warehouse cannot read files with {key} = {value}, only with {readable}"
    return NotSupportedError(f"{message}: {head(tokens.sql)}", 2, "0A000")


FILE_FORMAT = ObjectKind(FileFormat.words, create_file_format, or_replace=True, or_alter=True)
