"""Every permission in a template, one entry for each action, resource and holder."""

from collections.abc import Iterator
from typing import Any

from tests.infra.rendered import plain, rendered

Entry = dict[str, str]

# Where a resource of a template carries policies: path to the document, by its type.
ATTACHED = {
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::EC2::VPCEndpoint": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::ECR::Repository": "RepositoryPolicyText",
}


def permissions(template: dict[str, Any]) -> list[Entry]:
    """`holder` (whose policy it is), `effect`, `principal` (where it is not the holder), `action`, `resource`, `if`.

    Sorted. A policy of AWS's own is an entry with `managed policy`.
    """
    found = [entry for name, resource in template["Resources"].items() for entry in _of(name, resource)]
    return sorted(found, key=lambda entry: list(entry.items()))


def _of(name: str, resource: dict[str, Any]) -> Iterator[Entry]:
    properties = resource.get("Properties", {})
    kind = resource["Type"]
    if kind == "AWS::IAM::Role":
        yield from _of_role(plain(name), properties)
    elif kind == "AWS::Lambda::Permission":
        yield {
            "holder": rendered(properties["FunctionName"]),
            "effect": "Allow",
            "principal": rendered(properties["Principal"]),
            "action": properties["Action"],
            "if": _conditions({key: properties[key] for key in ("SourceArn", "SourceAccount") if key in properties}),
        }
    elif kind in ATTACHED and ATTACHED[kind] in properties:
        holders = properties.get("Roles", [{"Ref": name}])
        for holder in holders:
            yield from _of_document(rendered(holder).strip("<>"), properties[ATTACHED[kind]])


def _of_role(name: str, properties: dict[str, Any]) -> Iterator[Entry]:
    yield from _of_document(name, properties["AssumeRolePolicyDocument"])
    for policy in properties.get("Policies", []):
        yield from _of_document(name, policy["PolicyDocument"])
    for arn in properties.get("ManagedPolicyArns", []):
        yield {"holder": name, "managed policy": rendered(arn)}


def _of_document(holder: str, document: dict[str, Any]) -> Iterator[Entry]:
    for statement in document["Statement"]:
        # Nothing here uses them; an entry would have to show them.
        assert not statement.keys() & {"NotAction", "NotResource", "NotPrincipal"}, statement
        principal = {"principal": _principal(statement["Principal"])} if "Principal" in statement else {}
        condition = {"if": _conditions(statement["Condition"])} if "Condition" in statement else {}
        for action in _listed(statement["Action"]):
            for resource in _listed(statement.get("Resource", [])) or [None]:
                on = {"resource": rendered(resource)} if resource is not None else {}
                yield {
                    "holder": holder,
                    "effect": statement["Effect"],
                    **principal,
                    "action": action,
                    **on,
                    **condition,
                }


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return principal
    return ", ".join(f"{kind} {rendered(each)}" for kind, several in principal.items() for each in _listed(several))


def _conditions(conditions: dict[str, Any]) -> str:
    return "; ".join(f"{key} {_condition(value)}" for key, value in sorted(conditions.items()))


def _condition(value: Any) -> str:
    if isinstance(value, dict) and not any(key in ("Ref", "Fn::GetAtt", "Fn::Join") for key in value):
        return " and ".join(f"{key} = {_condition(each)}" for key, each in sorted(value.items()))
    return " or ".join(rendered(each) for each in _listed(value))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
