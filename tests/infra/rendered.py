"""The intrinsic functions of a template, as text that a person can read and a test can compare."""

import re
from typing import Any


def rendered(value: Any) -> str:
    """`value` with <Name.Attribute> for what only CloudFormation knows, and names without their hash."""
    match value:
        case str() | int() | float():
            return str(value)
        case {"Ref": name}:
            return f"<{plain(name)}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{plain(name)}.{attribute}>"
        case {"Fn::Join": ["", parts]}:
            return "".join(rendered(part) for part in parts)
        case {"Fn::Sub": text}:
            return text
        case {
            "Fn::Select": [
                int(part),
                {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]},
            ]
        }:
            return f"<part {part} of stack's GUID>"
        case {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}:
            return "<stack's GUID>"
        case _:
            raise ValueError(f"not text: {value}")


def plain(logical_id: str) -> str:
    """A logical id without the eight digits that CDK appends."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)
