"""The SQL of both integrations.

docs.snowflake.com: "CREATE STORAGE INTEGRATION", "ALTER STORAGE INTEGRATION", "CREATE NOTIFICATION INTEGRATION
(outbound to an Amazon SNS topic)", its ALTER, "DESCRIBE INTEGRATION". Never CREATE OR REPLACE: stages and pipes know an
integration by a hidden id, which it would change.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from customertrack.sqltext.identifiers import quote
from customertrack.sqltext.literals import literal


@dataclass(frozen=True)
class Integration:
    """An integration as it shall be: `properties` are those that ALTER can set, in the syntax's order.

    `kind` and `fixed` are what only CREATE knows. A value that is True or False is a keyword of SQL, a tuple a list.
    """

    name: str
    kind: str
    fixed: str
    properties: Mapping[str, str | bool | tuple[str, ...]]

    def create(self) -> str:
        """Makes it if there is none of its name."""
        return f"CREATE {self.kind} INTEGRATION IF NOT EXISTS {quote(self.name)} {self.fixed} {self._assignments()}"

    def alter(self) -> str:
        """Sets all properties at once: the syntax does not allow one without the others, and no half is ever seen."""
        return f"ALTER {self.kind} INTEGRATION {quote(self.name)} SET {self._assignments()}"

    def is_like(self, described: Mapping[str, str]) -> bool:
        """Whether it has all the properties wanted, by what DESC says."""
        return all(described.get(name) == _as_described(value) for name, value in self.properties.items())

    def _assignments(self) -> str:
        return " ".join(f"{name} = {_as_sql(value)}" for name, value in self.properties.items())


def storage(name: str, *, role_arn: str, external_id: str, urls: tuple[str, ...]) -> Integration:
    """Reads the landing: Snowflake assumes the role with that external id, and may look below `urls` only."""
    properties = {
        "STORAGE_AWS_ROLE_ARN": role_arn,
        "STORAGE_AWS_EXTERNAL_ID": external_id,
        "ENABLED": True,
        "STORAGE_ALLOWED_LOCATIONS": urls,
    }
    return Integration(name, "STORAGE", "TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3'", properties)


def errors(name: str, *, role_arn: str, topic_arn: str) -> Integration:
    """Tells the topic of files that cannot be loaded: Snowflake assumes the role, with an external id of its own."""
    properties = {"ENABLED": True, "AWS_SNS_TOPIC_ARN": topic_arn, "AWS_SNS_ROLE_ARN": role_arn}
    fixed = "TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = AWS_SNS"
    return Integration(name, "NOTIFICATION", fixed, properties)


def _as_sql(value: str | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, tuple):
        return f"({', '.join(literal(each) for each in value)})"
    return literal(value)


def _as_described(value: str | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else value
