"""File formats and stages: what a COPY reads, and how. There is one CSV format; options that change it are errors."""

from dataclasses import replace
from functools import partial
from typing import Any

from snowglobe.catalog import FileFormat, Stage
from snowglobe.errors import NotSupportedError, already_exists
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head

# What csv_file reads, option by option. None: any value, because it does not change how a file is read.
_FORMAT: dict[str, Any] = {
    "TYPE": "CSV",
    "PARSE_HEADER": True,
    "ERROR_ON_COLUMN_COUNT_MISMATCH": False,
    "FIELD_OPTIONALLY_ENCLOSED_BY": '"',
    "ESCAPE": "NONE",
    "ESCAPE_UNENCLOSED_FIELD": "NONE",
    "NULL_IF": ("",),
    "EMPTY_FIELD_AS_NULL": True,
    "SKIP_BLANK_LINES": True,
    "REPLACE_INVALID_CHARACTERS": True,
    "TRIM_SPACE": False,
    "MULTI_LINE": True,
    "SKIP_BYTE_ORDER_MARK": True,
    "FIELD_DELIMITER": ",",
    "ENCODING": "UTF8",
    "COMPRESSION": "AUTO",
    "COMMENT": None,
}
# Snowflake's defaults that differ from it: these options have to be written.
_REQUIRED = (
    "TYPE",
    "PARSE_HEADER",
    "ERROR_ON_COLUMN_COUNT_MISMATCH",
    "FIELD_OPTIONALLY_ENCLOSED_BY",
    "ESCAPE_UNENCLOSED_FIELD",
    "NULL_IF",
    "SKIP_BLANK_LINES",
    "REPLACE_INVALID_CHARACTERS",
)
_STAGE = {"URL": "", "STORAGE_INTEGRATION": "", "COMMENT": ""}


def create_file_format(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER | OR REPLACE] FILE FORMAT [IF NOT EXISTS] name options."""
    name = session.qualify(tokens.name())
    options = tokens.options(_FORMAT)
    tokens.end()
    for key in _REQUIRED:
        options.setdefault(key, "its default")
    for key, value in options.items():
        if _FORMAT[key] is not None and value != _FORMAT[key]:
            message = f"The embedded warehouse cannot read files with {key} = {value}, only with {_FORMAT[key]}"
            raise NotSupportedError(f"{message}: {head(tokens.sql)}", 2, "0A000")
    if session.catalog.get(FileFormat, name) and not clauses.may_exist:
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    with session.ddl():
        session.catalog.put(session.duck, FileFormat(name, options))
    return status(f"File format {name.upper()} successfully created.")


def create_stage(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE STAGE [IF NOT EXISTS] name URL = 's3://...' STORAGE_INTEGRATION = name."""
    name = session.qualify(tokens.name())
    stage = _changed(session, Stage(name, "", "", {}), tokens)
    if not stage.bucket:
        raise NotSupportedError(
            f"The embedded warehouse has external stages alone, with a URL: {head(tokens.sql)}", 2, "0A000"
        )
    if session.catalog.get(Stage, name):
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    with session.ddl():
        session.catalog.put(session.duck, stage)
    return status(f"Stage area {name.upper()} successfully created.")


def alter_stage(session: Session, tokens: Tokens) -> Result:
    """ALTER STAGE name SET URL = ... STORAGE_INTEGRATION = ..."""
    name = session.qualify(tokens.name())
    tokens.expect("SET")
    changed = _changed(session, session.find(Stage, name), tokens)
    with session.ddl():
        session.catalog.put(session.duck, changed)
    return status("Statement executed successfully.")


def _changed(session: Session, stage: Stage, tokens: Tokens) -> Stage:
    options = tokens.options(_STAGE)
    tokens.end()
    if not options:
        raise tokens.unexpected("expected URL or STORAGE_INTEGRATION")
    bucket, prefix = stage.bucket, stage.prefix
    if url := options.pop("URL", None):
        scheme, _, rest = str(url).partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme != "s3" or bucket not in session.database.buckets:
            known = ", ".join(f"s3://{name}" for name in sorted(session.database.buckets))
            message = f"The embedded warehouse reaches the buckets it was connected with ({known}), not {url}"
            raise NotSupportedError(f"{message}: {head(tokens.sql)}", 2, "0A000")
        prefix = prefix if not prefix or prefix.endswith("/") else prefix + "/"
    changed = replace(stage, bucket=bucket, prefix=prefix, options={**stage.options, **options})
    if bucket:
        session.database.buckets.check(changed)
    return changed


FILE_FORMAT = ObjectKind(FileFormat.words, create_file_format, or_replace=True, or_alter=True)
STAGE = ObjectKind(Stage.words, create_stage, alter_stage, drop=partial(drop_entry, kind=Stage))
