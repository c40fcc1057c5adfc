"""What the account tells of itself: who of AWS has to be let in, and whether a storage integration works."""

import json
import re
from collections.abc import Callable

from snowglobe.account import privileges
from snowglobe.catalog import StorageIntegration
from snowglobe.errors import NotSupportedError, ProgrammingError, does_not_exist
from snowglobe.open_questions import OpenQuestion
from snowglobe.session import Session
from snowglobe.storage.bucket import Bucket
from snowglobe.storage.buckets import check_location

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}")


def sns_policy(session: Session, topic: str) -> str:
    """SYSTEM$GET_AWS_SNS_IAM_POLICY: the statement that lets Snowflake subscribe to a topic, as JSON."""
    if not _TOPIC.fullmatch(topic):
        raise ProgrammingError(f"Invalid SNS topic ARN '{topic}'", 2141, "42601")
    if OpenQuestion.SNS_POLICY in session.otherwise:
        message = "SQL access control error: Insufficient privileges to operate on SYSTEM$GET_AWS_SNS_IAM_POLICY"
        raise ProgrammingError(message, 3001, "42501")
    statement = {
        "Sid": "1",
        "Effect": "Allow",
        "Principal": {"AWS": session.database.buckets.user("subscriber")},
        "Action": ["sns:Subscribe"],
        "Resource": [topic],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


def validate_storage(session: Session, name: str, location: str, file: str, action: str) -> str:
    """SYSTEM$VALIDATE_STORAGE_INTEGRATION(name, location, file, 'list' | 'read'): what came of really trying, as JSON.

    The name is taken as it is written, so it is in upper case. A bucket is only read: other actions are errors.
    """
    integration = session.catalog.get(StorageIntegration, name.lower())
    if integration is None or name != name.upper():
        raise ProgrammingError(f"Integration '{name}' does not exist or not authorized.", 2003, "02000")
    if action not in _ACTIONS:
        raise NotSupportedError(f"The embedded warehouse can try 'list' and 'read' alone, not '{action}'", 2, "0A000")
    privileges.require(session, "USAGE", "INTEGRATION", integration.name)
    check_location(integration, location)
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    if bucket not in session.database.buckets:
        raise does_not_exist("BUCKET", bucket)
    result: dict[str, str] = {"status": "success"}
    try:
        _ACTIONS[action](session.database.buckets.through(integration, bucket), prefix, file)
    except (OSError, ProgrammingError) as error:
        why = error.msg if isinstance(error, ProgrammingError) else error.strerror or str(error)
        result = {"message": why, "status": "failure"}
    return json.dumps({"status": result["status"], "actions": {action.upper(): result}})


def _list(bucket: Bucket, prefix: str, file: str) -> None:
    bucket.names(prefix)


def _read(bucket: Bucket, prefix: str, file: str) -> None:
    bucket.stat(prefix + file)
    with bucket.fetch(prefix + file).open("rb") as opened:
        opened.read(1)


_ACTIONS: dict[str, Callable[[Bucket, str, str], None]] = {"list": _list, "read": _read}
