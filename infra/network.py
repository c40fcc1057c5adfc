"""The network of the generator: public subnets with a way out and none in."""

from aws_cdk import Annotations, aws_ec2
from constructs import Construct

from infra.settings import Settings


def network(scope: Construct, settings: Settings) -> aws_ec2.IVpc:
    """The VPC of the settings, or a new one: two public subnets, no NAT, S3 reached without leaving AWS."""
    if settings.vpc_id:
        given = aws_ec2.Vpc.from_vpc_attributes(
            scope,
            "Vpc",
            vpc_id=settings.vpc_id,
            availability_zones=list(settings.availability_zones),
            public_subnet_ids=list(settings.subnet_ids),
        )
        Annotations.of(given).acknowledge_warning(
            "@aws-cdk/aws-ec2:noSubnetRouteTableId", "The routes of a given subnet are never asked for."
        )
        return given
    return aws_ec2.Vpc(
        scope,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[
            # The task asks for its public address itself; nothing else gets one by being there.
            aws_ec2.SubnetConfiguration(
                name="Public", subnet_type=aws_ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
            )
        ],
        gateway_endpoints={"S3": aws_ec2.GatewayVpcEndpointOptions(service=aws_ec2.GatewayVpcEndpointAwsService.S3)},
        # It would be done by a custom resource with rights on any security group; nothing here uses the default group.
        restrict_default_security_group=False,
    )


def outbound_only(scope: Construct, vpc: aws_ec2.IVpc) -> aws_ec2.SecurityGroup:
    """A security group that lets nothing in and HTTPS out: to S3, to the registry, to CloudWatch."""
    group = aws_ec2.SecurityGroup(
        scope, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="CustomerTrack generator: HTTPS out"
    )
    group.add_egress_rule(aws_ec2.Peer.any_ipv4(), aws_ec2.Port.tcp(443), "HTTPS")
    return group
