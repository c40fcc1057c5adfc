"""The network: where the generator's task runs and, if the settings say so, the functions."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Annotations, Aws, aws_ec2, aws_iam
from constructs import Construct

from infra.settings import Settings

# In the order of the Lambda documentation, "Giving Lambda functions access to resources in an Amazon VPC".
INTERFACES = (
    *("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"),
    *("ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
)


class Network(Construct):
    """A VPC of the settings, or one of its own, and who stands where in it.

    vpc. subnets: which of its subnets are used, private ones or public ones. public: whether a task asks for a public
    address. address: the one that everything comes from, if the VPC is our own and its subnets private, else None.
    of_functions: what a function is made with to stand in the VPC; nothing if the settings leave them outside.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.public = not settings.private_subnets
        self.address: str | None = None
        kind = aws_ec2.SubnetType.PUBLIC if self.public else aws_ec2.SubnetType.PRIVATE_WITH_EGRESS
        self.subnets = aws_ec2.SubnetSelection(subnet_type=kind)
        self.vpc = self._given_vpc(settings) if settings.vpc_id else self._own_vpc()
        self.of_functions: Mapping[str, Any] = self._place_functions() if settings.functions_in_vpc else {}

    def outbound_only(self, scope: Construct, whose: str) -> aws_ec2.SecurityGroup:
        """A security group that lets nothing in and HTTPS out: to Snowflake, S3, the registry, CloudWatch."""
        group = aws_ec2.SecurityGroup(
            scope,
            "SecurityGroup",
            vpc=self.vpc,
            allow_all_outbound=False,
            description=f"CustomerTrack {whose}: HTTPS out",
        )
        group.add_egress_rule(aws_ec2.Peer.any_ipv4(), aws_ec2.Port.tcp(443), "HTTPS")
        return group

    def _place_functions(self) -> dict[str, Any]:
        return {
            "vpc": self.vpc,
            "vpc_subnets": self.subnets,
            "security_groups": [self.outbound_only(self, "functions")],
        }

    def _given_vpc(self, settings: Settings) -> aws_ec2.IVpc:
        subnets = {f"{'public' if self.public else 'private'}_subnet_ids": list(settings.subnet_ids)}
        given = aws_ec2.Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id=settings.vpc_id, availability_zones=list(settings.availability_zones), **subnets
        )
        Annotations.of(given).acknowledge_warning(
            "@aws-cdk/aws-ec2:noSubnetRouteTableId", "The routes of a given subnet are never asked for."
        )
        return given

    def _own_vpc(self) -> aws_ec2.Vpc:
        """Public subnets and S3 reached without leaving AWS; if they are to be private, those too, behind one NAT."""
        # The task asks for its public address itself; nothing else gets one by being there.
        public = aws_ec2.SubnetConfiguration(
            name="Public", subnet_type=aws_ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
        )
        private = aws_ec2.SubnetConfiguration(name="Private", subnet_type=aws_ec2.SubnetType.PRIVATE_WITH_EGRESS)
        return aws_ec2.Vpc(
            self,
            "Vpc",
            # All that the stack names (CustomerTrackStack.availability_zones).
            max_azs=99,
            nat_gateways=0 if self.public else 1,
            nat_gateway_provider=None if self.public else self._way_out(),
            subnet_configuration=[public] if self.public else [public, private],
            gateway_endpoints={
                "S3": aws_ec2.GatewayVpcEndpointOptions(service=aws_ec2.GatewayVpcEndpointAwsService.S3)
            },
            # It would be done by a custom resource with rights on any security group; nothing here uses the default.
            restrict_default_security_group=False,
        )

    def _way_out(self) -> aws_ec2.NatProvider:
        """A NAT gateway with an address that is known, for whoever must allow it in Snowflake."""
        address = aws_ec2.CfnEIP(self, "Address", domain="vpc")
        self.address = address.ref
        return aws_ec2.NatProvider.gateway(eip_allocation_ids=[address.attr_allocation_id])


def network_interfaces(settings: Settings) -> list[aws_iam.PolicyStatement]:
    """What Lambda needs of a function's role to put the function into a VPC; nothing if it stays outside.

    Only Lambda uses it: the function's own code is refused (the same page, "Required IAM permissions").
    """
    if not settings.functions_in_vpc:
        return []
    ours = f"arn:{Aws.PARTITION}:lambda:{Aws.REGION}:{Aws.ACCOUNT_ID}:function:{settings.prefix}-*"
    return [
        # These actions know no resource before the interface is there, and one of them never does.
        aws_iam.PolicyStatement(actions=list(INTERFACES), resources=["*"]),
        aws_iam.PolicyStatement(
            effect=aws_iam.Effect.DENY,
            actions=list(INTERFACES),
            resources=["*"],
            conditions={"ArnLike": {"lambda:SourceFunctionArn": ours}},
        ),
    ]
