"""A custom resource of CloudFormation behind CDK's Provider framework: what comes in, what goes out.

AWS: "Custom resource request objects". The framework calls a handler with the request, answers CloudFormation with what
it returns, and reports what it raises (see lambdas.reason).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from customertrack.errors import UserError
from lambdas.reason import shortened

Kind = Literal["Create", "Update", "Delete"]

# Bytes of one value of the answer. Ten of them fit into the 4,096 bytes of CloudFormation's response.
_VALUE = 300


@dataclass(frozen=True)
class Request:
    """What CloudFormation asks for; `physical_id` is the one an earlier answer gave, empty for Create."""

    kind: Kind
    physical_id: str
    properties: Mapping[str, Any]

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Request":
        """The part of the event that handlers look at. ResponseURL, which is a secret, stays out."""
        return cls(
            cast("Kind", event["RequestType"]),
            event.get("PhysicalResourceId", ""),
            event.get("ResourceProperties", {}),
        )

    def text(self, name: str) -> str:
        """The property `name`. Raises UserError if it is not a text with something in it."""
        value = self.properties.get(name)
        if not isinstance(value, str) or not value:
            raise UserError(f"the custom resource lacks the property {name}; deploy a stack made by `make synth`")
        return value

    def has(self, name: str) -> bool:
        """Whether there is a property `name`."""
        return name in self.properties

    def texts(self, name: str) -> dict[str, str]:
        """The property `name`, an object of texts. Raises UserError if it is not."""
        value = self.properties.get(name)
        if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
            raise UserError(
                f"the property {name} of the custom resource is not an object of texts; deploy a stack made by "
                "`make synth`"
            )
        return {str(key): each for key, each in value.items()}

    def names(self, name: str) -> tuple[str, ...]:
        """The property `name`, a list of texts. Raises UserError if it is not."""
        value = self.properties.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise UserError(
                f"the property {name} of the custom resource is not a list of texts; deploy a stack made by "
                "`make synth`"
            )
        return tuple(value)

    @property
    def administrator_statements(self) -> str:
        """What an administrator of Snowflake runs once, or nothing."""
        return str(self.properties.get("AdministratorStatements", ""))


def answer(physical_id: str, data: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a handler returns: `data` is what Fn::GetAtt reads; a value that is too long is cut in its middle."""
    return {
        "PhysicalResourceId": physical_id,
        "Data": {name: shortened(value, _VALUE) for name, value in (data or {}).items()},
    }
