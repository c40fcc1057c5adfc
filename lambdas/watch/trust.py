"""Whether Snowflake still comes as the one that the roles in AWS trust.

An integration that somebody made anew has another external id, and its role refuses it from then on. Snowflake keeps
credentials for up to an hour, so nothing fails at first.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from customertrack.errors import UserError
from customertrack.warehouse import Connection
from lambdas.describe import describe
from lambdas.watch.metric import Metric


@dataclass(frozen=True)
class RoleTrust:
    """What the trust policy of one role was made from: the integration, and the values of its properties then."""

    integration: str
    properties: Mapping[str, str]


def storage(integration: str, user_arn: str, external_id: str) -> RoleTrust:
    """The read role's, by the names that DESC gives the properties of a storage integration."""
    return RoleTrust(integration, {"STORAGE_AWS_IAM_USER_ARN": user_arn, "STORAGE_AWS_EXTERNAL_ID": external_id})


def notification(integration: str, user_arn: str, external_id: str) -> RoleTrust:
    """The error role's, by the names that DESC gives the properties of a notification integration."""
    return RoleTrust(integration, {"SF_AWS_IAM_USER_ARN": user_arn, "SF_AWS_EXTERNAL_ID": external_id})


def drift(connection: Connection, *trusts: RoleTrust) -> list[Metric]:
    """TrustDrifted: 1 if a property has another value now, else 0. The note names the property, not the values.

    Raises UserError if DESC shows no such property.
    """
    drifted = [
        f"{trust.integration}.{name}"
        for trust in trusts
        for name, value in _now(connection, trust).items()
        if value != trust.properties[name]
    ]
    return [Metric("TrustDrifted", float(bool(drifted)), note=", ".join(drifted))]


def _now(connection: Connection, trust: RoleTrust) -> dict[str, str]:
    """The values that the trusted properties have now."""
    found = describe(connection, trust.integration)
    missing = trust.properties.keys() - found.keys()
    if missing:
        raise UserError(f"DESC INTEGRATION {trust.integration} shows no {', '.join(sorted(missing))}")
    return {name: found[name] for name in trust.properties}
