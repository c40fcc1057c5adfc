"""Integrations: CREATE, ALTER, DESCRIBE and DROP, of storage integrations for S3 and notification integrations for SNS.

Both kinds share their names. What AWS has to trust is made up here, as Snowflake makes it up, and shown by DESCRIBE.
"""

import secrets
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from snowglobe.account import privileges
from snowglobe.catalog import Entry, StorageIntegration
from snowglobe.errors import NotSupportedError, ProgrammingError, already_exists, does_not_exist
from snowglobe.objects.drop import answer
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.stopping import stop_pipes_with_integration
from snowglobe.results import Result, ResultColumn, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, head


@dataclass(frozen=True)
class NotificationIntegration(Entry):
    """CREATE NOTIFICATION INTEGRATION for an SNS topic: as what role errors are sent to it."""

    words = "INTEGRATION"
    in_schema = False
    topic_arn: str
    role_arn: str
    external_id: str
    enabled: bool
    comment: str = ""


Integration = StorageIntegration | NotificationIntegration
Kinds = tuple[type[Integration], ...]

# What can be changed later: the option, the field of the entry, and a value of its type.
_CHANGEABLE: dict[type, dict[str, tuple[str, Any]]] = {
    StorageIntegration: {
        "ENABLED": ("enabled", True),
        "STORAGE_AWS_ROLE_ARN": ("role_arn", ""),
        "STORAGE_AWS_EXTERNAL_ID": ("external_id", ""),
        "STORAGE_ALLOWED_LOCATIONS": ("allowed", ()),
        "STORAGE_BLOCKED_LOCATIONS": ("blocked", ()),
        "COMMENT": ("comment", ""),
    },
    # The external id of a notification integration cannot be chosen.
    NotificationIntegration: {
        "ENABLED": ("enabled", True),
        "AWS_SNS_TOPIC_ARN": ("topic_arn", ""),
        "AWS_SNS_ROLE_ARN": ("role_arn", ""),
        "COMMENT": ("comment", ""),
    },
}
# What it is, which must be said once.
_FIXED: dict[type, dict[str, str]] = {
    StorageIntegration: {"TYPE": "EXTERNAL_STAGE", "STORAGE_PROVIDER": "S3"},
    NotificationIntegration: {"TYPE": "QUEUE", "DIRECTION": "OUTBOUND", "NOTIFICATION_PROVIDER": "AWS_SNS"},
}
_ALL: Kinds = (StorageIntegration, NotificationIntegration)
_OPTIONAL = {"STORAGE_AWS_EXTERNAL_ID", "STORAGE_BLOCKED_LOCATIONS", "COMMENT"}
_DESCRIBED = [ResultColumn(name, 2) for name in ("property", "property_type", "property_value", "property_default")]


def create_integration(session: Session, tokens: Tokens, clauses: Clauses, made: type[Integration]) -> Result:
    """CREATE STORAGE | NOTIFICATION INTEGRATION [IF NOT EXISTS] name options; made again, it gets a new external id."""
    name = _name(tokens)
    fields = _fields(tokens, made, _FIXED[made])
    existing = _find(session, name, _ALL)
    if existing and clauses.if_not_exists:
        return status(f"{name.upper()} already exists, statement succeeded.")
    if existing and not (clauses.may_exist and isinstance(existing, made)):
        raise already_exists(name)
    defaults: dict[str, Any] = {"external_id": _new_external_id()}
    if made is StorageIntegration:
        defaults["blocked"] = ()
    with session.ddl():
        if isinstance(existing, NotificationIntegration):
            stop_pipes_with_integration(session, name)
        session.catalog.put(session.duck, made(name=name, **defaults | fields))
    return status(f"Integration {name.upper()} successfully created.")


def alter_integration(session: Session, tokens: Tokens, kinds: Kinds) -> Result:
    """ALTER [STORAGE | NOTIFICATION] INTEGRATION [IF EXISTS] name SET options. `kinds`: those that are meant."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = _name(tokens)
    tokens.expect("SET")
    existing = _find(session, name, kinds)
    if existing is None:
        if if_exists:
            return status(f"{name.upper()} does not exist, statement succeeded.")
        raise does_not_exist("INTEGRATION", name)
    fields = _fields(tokens, type(existing), {})
    if not fields:
        raise tokens.unexpected("expected an option")
    with session.ddl():
        session.catalog.put(session.duck, replace(existing, **fields))
    return status("Statement executed successfully.")


def drop_integration(session: Session, tokens: Tokens, kinds: Kinds) -> Result:
    """DROP [STORAGE | NOTIFICATION] INTEGRATION [IF EXISTS] name."""
    if_exists = tokens.accept("IF", "EXISTS")
    name = _name(tokens)
    tokens.end()
    existing = _find(session, name, kinds)
    if existing is not None:
        with session.ddl():
            if isinstance(existing, NotificationIntegration):
                stop_pipes_with_integration(session, name)
            session.catalog.drop(session.duck, type(existing), name)
    return answer("INTEGRATION", name, existing is not None, if_exists)


def describe_integration(session: Session, tokens: Tokens, kinds: Kinds) -> Result:
    """DESC[RIBE] [STORAGE | NOTIFICATION] INTEGRATION name: property, property_type, property_value, property_default.

    The properties and their order are those of Snowflake's examples.
    """
    name = _name(tokens)
    tokens.end()
    existing = _find(session, name, kinds)
    if existing is None:
        raise does_not_exist("INTEGRATION", name)
    privileges.require(session, "USAGE", "INTEGRATION", name)
    rows = _storage(session, existing) if isinstance(existing, StorageIntegration) else _notification(session, existing)
    enabled = ("ENABLED", "Boolean", str(existing.enabled).lower(), "false")
    return Result(_DESCRIBED, [enabled, *rows, ("COMMENT", "String", existing.comment, "")])


def _find(session: Session, name: str, kinds: Kinds) -> Integration | None:
    for kind in kinds:
        if found := session.catalog.get(kind, name):
            return found
    return None


def _storage(session: Session, integration: StorageIntegration) -> list[tuple[str, str, str, str]]:
    return [
        ("STORAGE_PROVIDER", "String", "S3", ""),
        ("STORAGE_ALLOWED_LOCATIONS", "List", ",".join(integration.allowed), "[]"),
        ("STORAGE_BLOCKED_LOCATIONS", "List", ",".join(integration.blocked), "[]"),
        ("STORAGE_AWS_IAM_USER_ARN", "String", session.database.buckets.user("storage"), ""),
        ("STORAGE_AWS_ROLE_ARN", "String", integration.role_arn, ""),
        ("STORAGE_AWS_EXTERNAL_ID", "String", integration.external_id, ""),
    ]


def _notification(session: Session, integration: NotificationIntegration) -> list[tuple[str, str, str, str]]:
    return [
        ("NOTIFICATION_PROVIDER", "String", "AWS_SNS", ""),
        ("DIRECTION", "String", "OUTBOUND", "INBOUND"),
        ("AWS_SNS_TOPIC_ARN", "String", integration.topic_arn, ""),
        ("AWS_SNS_ROLE_ARN", "String", integration.role_arn, ""),
        ("SF_AWS_IAM_USER_ARN", "String", session.database.buckets.user("errors"), ""),
        ("SF_AWS_EXTERNAL_ID", "String", integration.external_id, ""),
    ]


def _name(tokens: Tokens) -> str:
    name = tokens.name()
    if "." in name:
        raise tokens.unexpected(f"{name} is in no schema: an integration belongs to the account")
    return name


def _fields(tokens: Tokens, made: type[Integration], fixed: dict[str, str]) -> dict[str, Any]:
    """The options as fields of the entry. With `fixed` options, all that have no default must be there."""
    changeable = _CHANGEABLE[made]
    known = {option: example for option, (_, example) in changeable.items()} | dict.fromkeys(fixed, "")
    options = tokens.options(known)
    tokens.end()
    required = changeable.keys() - _OPTIONAL | fixed.keys() if fixed else set()
    if missing := sorted(required - options.keys()):
        raise ProgrammingError(f"Missing option(s): [{', '.join(missing)}] in: {head(tokens.sql)}", 2029, "42601")
    for option, wanted in fixed.items():
        if options.pop(option).upper() != wanted:
            message = f"The embedded warehouse has integrations with {option} = {wanted} alone: {head(tokens.sql)}"
            raise NotSupportedError(message, 2, "0A000")
    for option in ("STORAGE_ALLOWED_LOCATIONS", "STORAGE_BLOCKED_LOCATIONS"):
        for url in options.get(option, ()):
            if url != "*" and not str(url).startswith("s3://"):
                raise ProgrammingError(f"Invalid location '{url}' in: {head(tokens.sql)}", 3125, "42601")
    return {changeable[option][0]: value for option, value in options.items()}


def _new_external_id() -> str:
    """An external id as Snowflake makes them: never the same again."""
    return f"EMBEDDED_SFCRole=2_{secrets.token_urlsafe(20)}="


def _kind(words: str, kinds: Kinds, **known: Any) -> ObjectKind:
    return ObjectKind(
        words,
        alter=partial(alter_integration, kinds=kinds),
        drop=partial(drop_integration, kinds=kinds),
        describe=partial(describe_integration, kinds=kinds),
        **known,
    )


STORAGE = _kind(
    "STORAGE INTEGRATION", (StorageIntegration,), create=partial(create_integration, made=StorageIntegration)
)
NOTIFICATION = _kind(
    "NOTIFICATION INTEGRATION",
    (NotificationIntegration,),
    create=partial(create_integration, made=NotificationIntegration),
    or_replace=True,
)
# Either of them, where it is there already.
INTEGRATION = _kind("INTEGRATION", _ALL)
