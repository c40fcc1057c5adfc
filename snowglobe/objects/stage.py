"""Stages: from where a COPY reads, and internal ones, into which files are put. CREATE STAGE, ALTER STAGE."""

from dataclasses import replace
from functools import partial

from snowglobe.catalog import Stage
from snowglobe.errors import NotSupportedError, already_exists
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.stopping import stop_pipes_on_stage
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.storage import internal
from snowglobe.tokens import Tokens, head

_STAGE = {"URL": "", "STORAGE_INTEGRATION": "", "COMMENT": ""}


def create_stage(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE STAGE [IF NOT EXISTS] name URL = 's3://...' STORAGE_INTEGRATION = name; without a URL an internal one."""
    name = session.qualify(tokens.name())
    stage = _changed(session, Stage(name, "", "", {}), tokens)
    if not stage.bucket and "STORAGE_INTEGRATION" in stage.options:
        raise tokens.unexpected("expected a URL")
    if session.catalog.get(Stage, name):
        if not clauses.if_not_exists:
            raise already_exists(name)
        return status(f"{name.upper()} already exists, statement succeeded.")
    with session.ddl():
        session.catalog.put(session.duck, stage)
    return status(f"Stage area {name.upper()} successfully created.")


def alter_stage(session: Session, tokens: Tokens) -> Result:
    """ALTER STAGE name SET URL = ... STORAGE_INTEGRATION = ... Another URL stops the pipes that read it."""
    name = session.qualify(tokens.name())
    tokens.expect("SET")
    stage = session.find(Stage, name)
    if not stage.bucket:
        message = f"The embedded warehouse alters external stages alone: {head(tokens.sql)}"
        raise NotSupportedError(message, 2, "0A000")
    if not tokens:
        raise tokens.unexpected("expected URL or STORAGE_INTEGRATION")
    changed = _changed(session, stage, tokens)
    with session.ddl():
        session.catalog.put(session.duck, changed)
        if (changed.bucket, changed.prefix) != (stage.bucket, stage.prefix):
            stop_pipes_on_stage(session, "STOPPED_STAGE_ALTERED", name)
    return status("Statement executed successfully.")


def _changed(session: Session, stage: Stage, tokens: Tokens) -> Stage:
    options = tokens.options(_STAGE)
    tokens.end()
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


def _drop_stage(session: Session, stage: Stage) -> None:
    internal.remove(session, stage.name)
    stop_pipes_on_stage(session, "STOPPED_STAGE_DROPPED", stage.name)


STAGE = ObjectKind(Stage.words, create_stage, alter_stage, drop=partial(drop_entry, kind=Stage, also=_drop_stage))
