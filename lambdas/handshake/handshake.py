"""From the names of roles and topics to whom they must trust. No integration is ever replaced."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customertrack.errors import UserError
from customertrack.sqltext.literals import literal
from customertrack.warehouse import Connection
from lambdas.describe import describe
from lambdas.handshake.integrations import Integration, errors, storage

# Of the partition that the roles are in: none can trust across partitions.
_PRINCIPAL = re.compile(r"arn:aws:iam::[0-9]{12}:[a-z]+(/.+)?")


@dataclass(frozen=True)
class Trust:
    """What Snowflake's side is called, as Snowflake says.

    `storage_user_arn` assumes the read role with `storage_external_id`, `error_user_arn` the error role with
    `error_external_id`; `subscriber_arn` subscribes to the landing's topic.
    """

    storage_user_arn: str
    storage_external_id: str
    error_user_arn: str
    error_external_id: str
    subscriber_arn: str


@dataclass(frozen=True)
class Terms:
    """What the integrations shall be like. The roles need not exist yet.

    `subscriber_arn`: the user of Snowflake's that subscribes, if somebody has asked for it already; else "".
    """

    storage_integration: str
    error_integration: str
    landing_urls: tuple[str, ...]
    read_role_arn: str
    error_role_arn: str
    landing_topic_arn: str
    error_topic_arn: str
    external_id: str
    subscriber_arn: str = ""


def shake_hands(connection: Connection, terms: Terms) -> Trust:
    """Make or change both integrations as the terms say, and ask whom the roles and the topic must trust.

    What is described at the end is the truth, whatever was asked for: another run may have been faster.
    Raises UserError if Snowflake does not tell; the driver's errors pass through.
    """
    reading = _settled(
        connection,
        storage(
            terms.storage_integration,
            role_arn=terms.read_role_arn,
            external_id=terms.external_id,
            urls=terms.landing_urls,
        ),
    )
    telling = _settled(
        connection, errors(terms.error_integration, role_arn=terms.error_role_arn, topic_arn=terms.error_topic_arn)
    )
    return Trust(
        storage_user_arn=_told(reading, terms.storage_integration, "STORAGE_AWS_IAM_USER_ARN"),
        storage_external_id=_told(reading, terms.storage_integration, "STORAGE_AWS_EXTERNAL_ID"),
        error_user_arn=_told(telling, terms.error_integration, "SF_AWS_IAM_USER_ARN"),
        error_external_id=_told(telling, terms.error_integration, "SF_AWS_EXTERNAL_ID"),
        subscriber_arn=terms.subscriber_arn or subscriber(connection, terms.landing_topic_arn),
    )


def subscriber(connection: Connection, topic_arn: str) -> str:
    """The ARN of Snowflake's user that subscribes to the topic: one for each account and region of Snowflake.

    Raises UserError if the policy that Snowflake gives does not name exactly one.
    """
    cursor = connection.cursor()
    cursor.execute(f"SELECT SYSTEM$GET_AWS_SNS_IAM_POLICY({literal(topic_arn)})")
    row = cursor.fetchone()
    policy = str(row[0]) if row else ""
    found = _subscribers(policy)
    if len(found) != 1 or not _PRINCIPAL.fullmatch(found[0]):
        raise UserError(
            "SYSTEM$GET_AWS_SNS_IAM_POLICY gave no policy that lets one user of AWS subscribe to "
            f"{topic_arn}, but: {policy[:300]!r}; see that the Snowflake account is on AWS, outside of China "
            "and GovCloud, then deploy again"
        )
    return found[0]


def _settled(connection: Connection, integration: Integration) -> dict[str, str]:
    connection.cursor().execute(integration.create())
    described = describe(connection, integration.name)
    if integration.is_like(described):
        return described
    connection.cursor().execute(integration.alter())
    return describe(connection, integration.name)


def _told(described: Mapping[str, str], integration: str, name: str) -> str:
    value = described.get(name, "")
    if not value:
        raise UserError(
            f"DESC INTEGRATION {integration} does not tell {name}; see that no integration of another kind has this "
            "name and that the Snowflake account is on AWS, then deploy again"
        )
    return value


def _subscribers(policy: str) -> list[str]:
    """Whom an IAM policy allows sns:Subscribe. IAM lets one string stand for a list of one, and so does this."""
    try:
        statements = _listed(json.loads(policy)["Statement"])
        return [
            str(arn)
            for statement in statements
            if statement["Effect"] == "Allow"
            and "sns:subscribe" in [str(action).lower() for action in _listed(statement["Action"])]
            for arn in _listed(statement["Principal"]["AWS"])
        ]
    except (ValueError, KeyError, TypeError):
        return []


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
