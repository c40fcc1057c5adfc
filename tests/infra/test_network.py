"""Network: who stands where, by which way out, and what that takes."""

import json
from typing import Any

import pytest

from infra.network import INTERFACES
from tests.infra.observed import resources, template
from tests.infra.rendered import rendered
from tests.infra.synthesis import Synthesised
from tests.infra.test_generator import schedule
from tests.infra.test_template import before

FUNCTION, SUBNET, GROUP = "AWS::Lambda::Function", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"
GIVEN = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ("subnet-0000000000000000a", "subnet-0000000000000000b"),
    "availability_zones": ("eu-central-1a", "eu-central-1b"),
    "private_subnets": True,
}


def subnets(stack: Synthesised, kind: str) -> list[dict[str, str]]:
    return [{"Ref": name} for name in stack.resources(SUBNET) if f"Vpc{kind}Subnet" in name]


def test_in_private_subnets_the_task_has_no_public_address(pinned: Synthesised):
    network = schedule(pinned)["Target"]["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert len(network["Subnets"]) == 2
    assert network["Subnets"] == subnets(pinned, "Private")


def test_every_function_of_ours_stands_there_too(pinned: Synthesised):
    functions = pinned.resources(FUNCTION)
    assert len(functions) >= 5
    for name, each in functions.items():
        placed = each["Properties"]["VpcConfig"]
        assert placed["SubnetIds"] == subnets(pinned, "Private"), name
        assert [found["Fn::GetAtt"][0] for found in placed["SecurityGroupIds"]] == [
            pinned.id_of(GROUP, "NetworkSecurityGroup")
        ], name


def test_by_themselves_functions_stand_in_no_vpc(dev: Synthesised):
    assert [name for name, each in dev.resources(FUNCTION).items() if "VpcConfig" in each["Properties"]] == []
    assert "ec2:CreateNetworkInterface" not in json.dumps(dev.template)


def test_private_subnets_leave_by_one_gateway_with_an_address_that_is_told(pinned: Synthesised):
    gateway = pinned.only("AWS::EC2::NatGateway")
    address = pinned.id_of("AWS::EC2::EIP")
    assert gateway["AllocationId"] == {"Fn::GetAtt": [address, "AllocationId"]}
    assert gateway["SubnetId"] in subnets(pinned, "Public")
    assert pinned.template["Outputs"]["EgressAddress"]["Value"] == {"Ref": address}
    ways = [
        each["Properties"]["NatGatewayId"]
        for each in pinned.resources("AWS::EC2::Route").values()
        if "NatGatewayId" in each["Properties"]
    ]
    assert ways == [{"Ref": pinned.id_of("AWS::EC2::NatGateway")}] * 2


def test_s3_is_reached_without_the_gateway(pinned: Synthesised):
    endpoint = pinned.only("AWS::EC2::VPCEndpoint")
    assert rendered(endpoint["ServiceName"]).endswith(".s3")
    assert {each["Ref"] for each in endpoint["RouteTableIds"]} == set(pinned.resources("AWS::EC2::RouteTable"))


def test_nothing_comes_in_and_only_https_goes_out(pinned: Synthesised):
    groups = pinned.resources(GROUP)
    assert len(groups) == 2
    for each in groups.values():
        assert "SecurityGroupIngress" not in each["Properties"]
        assert [
            (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in each["Properties"]["SecurityGroupEgress"]
        ] == [("tcp", 443, 443)]
    assert pinned.resources("AWS::EC2::SecurityGroupIngress") == {}


# CloudFormation deletes in the opposite order, and at the end the migrations sign in and the drain asks ECS.
@pytest.mark.parametrize("later", ["Custom::SnowflakeHandshake", "Custom::SqlMigrations", "Custom::DrainedCluster"])
def test_whoever_calls_out_has_a_way_out_first(pinned: Synthesised, later: str):
    earlier = before(pinned, pinned.id_of(later))
    assert pinned.id_of("AWS::EC2::NatGateway") in earlier
    assert {
        name for name, each in pinned.resources("AWS::EC2::Route").items() if "NatGatewayId" in each["Properties"]
    } <= earlier


def test_the_generator_waits_for_its_way_out(pinned: Synthesised):
    earlier = before(pinned, pinned.id_of("AWS::Scheduler::Schedule", "GeneratorSchedule"))
    assert set(pinned.resources("AWS::EC2::Route")) <= earlier


def test_zones_that_are_given_are_taken_and_none_is_looked_up(pinned: Synthesised):
    manifest = json.loads((pinned.folder / "manifest.json").read_text())
    assert "missing" not in manifest
    zones = [each["Properties"]["AvailabilityZone"] for each in pinned.resources(SUBNET).values()]
    assert zones == [{"Fn::Select": [number, {"Fn::GetAZs": ""}]} for number in (0, 1)] * 2
    given = resources(SUBNET, availability_zones=("ap-northeast-1a", "ap-northeast-1c"))
    assert [each["AvailabilityZone"] for each in given.values()] == ["ap-northeast-1a", "ap-northeast-1c"]


def test_private_subnets_that_are_given_are_used_and_nothing_is_made_in_them():
    made = template(**GIVEN, functions_in_vpc=True).to_json()["Resources"]
    assert {each["Type"] for each in made.values() if each["Type"].startswith("AWS::EC2::")} == {GROUP}
    (target,) = (
        each["Properties"]["Target"]
        for name, each in made.items()
        if each["Type"] == "AWS::Scheduler::Schedule" and name.startswith("Generator")
    )
    network = target["EcsParameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert (network["AssignPublicIp"], network["Subnets"]) == ("DISABLED", list(GIVEN["subnet_ids"]))
    functions = [each["Properties"] for each in made.values() if each["Type"] == FUNCTION]
    assert [each["VpcConfig"]["SubnetIds"] for each in functions] == [list(GIVEN["subnet_ids"])] * len(functions)
    assert "EgressAddress" not in template(**GIVEN, functions_in_vpc=True).to_json()["Outputs"]


def test_a_task_in_private_subnets_leaves_the_functions_outside():
    functions = resources(FUNCTION, private_subnets=True)
    assert [name for name, each in functions.items() if "VpcConfig" in each] == []
    assert set(resources("AWS::EC2::NatGateway", private_subnets=True))


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for policy in role.get("Policies", []) for each in policy["PolicyDocument"]["Statement"]]


def test_whoever_runs_a_function_may_have_it_put_into_the_vpc(pinned: Synthesised):
    roles = pinned.resources("AWS::IAM::Role")
    running = {each["Properties"]["Role"]["Fn::GetAtt"][0] for each in pinned.resources(FUNCTION).values()}
    assert running
    for name in running:
        allowed = [each for each in statements(roles[name]["Properties"]) if each["Action"] == sorted(INTERFACES)]
        assert [each["Effect"] for each in allowed] == ["Allow", "Deny"], name
        # All functions that CloudFormation names, which begins with the stack's name.
        pattern = rendered(allowed[1]["Condition"]["ArnLike"]["lambda:SourceFunctionArn"])
        assert pattern.endswith(":function:customertrack-pinned-*")
