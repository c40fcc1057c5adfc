"""Nobody may do more than what stands in approved_iam.json.

After a change that somebody looked at: `python -m tests.infra.approve`.
"""

from collections.abc import Callable

from infra.network import INTERFACES
from tests.infra.approve import approved, listed, without_reason
from tests.infra.permissions import Entry, permissions
from tests.infra.synthesis import VARIANTS, Synthesised


def test_the_permissions_are_the_approved_ones(synthesised: Callable[[str], Synthesised]):
    found = listed({name: synthesised(name) for name in VARIANTS})
    assert found == {name: [without_reason(entry) for entry in entries] for name, entries in approved().items()}


def wide(entry: Entry) -> bool:
    """Whether an entry allows more than one named action on one named resource to one named principal."""
    parts = (entry.get(key, "") for key in ("principal", "action", "resource"))
    return "managed policy" in entry or (entry["effect"] == "Allow" and "*" in "".join(parts))


def test_each_wildcard_has_a_reason_and_nothing_else_needs_one():
    entries = [entry for several in approved().values() for entry in several]
    assert any(map(wide, entries))
    assert [entry for entry in entries if wide(entry) != ("reason" in entry)] == []
    assert [entry for entry in entries if wide(entry) and len(entry["reason"]) < 20] == []


def test_on_everything_only_that_is_allowed_which_knows_no_resource():
    everywhere = {
        name: {entry["action"] for entry in entries if entry.get("resource") == "*" and entry["effect"] == "Allow"}
        for name, entries in approved().items()
    }
    assert everywhere.pop("pinned") == set(INTERFACES)
    assert set().union(*everywhere.values()) == {
        "ecr:GetAuthorizationToken",
        "ecs:ListTasks",
        "sts:GetWebIdentityToken",
    }


def test_what_lambda_may_do_in_the_vpc_the_code_of_a_function_may_not():
    by_holder: dict[str, dict[str, set[str]]] = {}
    for entry in approved()["pinned"]:
        if entry["action"].startswith("ec2:"):
            assert ("if" in entry) == (entry["effect"] == "Deny")
            by_holder.setdefault(entry["holder"], {}).setdefault(entry["effect"], set()).add(entry["action"])
    assert set(by_holder) == {
        *("FunctionsRole", "FunctionsWatchRole", "TrustProviderRole", "MigrationsProviderRole"),
        *("GeneratorDrainRole", "GeneratorDrainProviderRole"),
    }
    assert all(found == {"Allow": set(INTERFACES), "Deny": set(INTERFACES)} for found in by_holder.values())


def test_a_widened_permission_is_seen():
    def template(**changed: object) -> dict:
        statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": {"Ref": "BucketABCDEF01"}, **changed}
        role = {
            "AssumeRolePolicyDocument": {"Statement": []},
            "Policies": [{"PolicyDocument": {"Statement": statement}}],
        }
        role["Policies"][0]["PolicyDocument"]["Statement"] = [statement]
        return {"Resources": {"RoleABCDEF01": {"Type": "AWS::IAM::Role", "Properties": role}}}

    narrow = permissions(template(Condition={"StringEquals": {"aws:SourceAccount": "1"}}))
    assert narrow == [
        {
            "holder": "Role",
            "effect": "Allow",
            "action": "s3:GetObject",
            "resource": "<Bucket>",
            "if": "StringEquals aws:SourceAccount = 1",
        }
    ]
    assert permissions(template()) != narrow
    assert permissions(template(Action="s3:*"))[0]["action"] == "s3:*"
    assert permissions(template(Resource="*"))[0]["resource"] == "*"
    assert permissions(template(Principal={"AWS": "*"}))[0]["principal"] == "AWS *"
