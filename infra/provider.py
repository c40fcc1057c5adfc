"""Between CloudFormation and a handler of ours: CDK's provider framework, with a role and logs of its own."""

from aws_cdk import aws_iam, aws_lambda, custom_resources
from constructs import Construct

from infra.encryption import DECRYPT, key, may_use
from infra.functions import deploy_log_group, write_logs
from infra.network import Network, network_interfaces
from infra.settings import Settings


def provider(
    scope: Construct, *, handler: aws_lambda.Function, settings: Settings, network: Network
) -> custom_resources.Provider:
    """The provider whose service token a CustomResource names. It may call this one handler, and nothing else."""
    logs = deploy_log_group(scope, "ProviderLogs", settings)
    role = aws_iam.Role(
        scope,
        "ProviderRole",
        description="CustomerTrack: hands events of CloudFormation on to a handler",
        assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={
            "provider": aws_iam.PolicyDocument(
                statements=[
                    write_logs(logs),
                    *network_interfaces(settings),
                    *may_use(settings, DECRYPT),
                    # GetFunction: the framework waits for a function that is not yet active.
                    aws_iam.PolicyStatement(
                        actions=["lambda:InvokeFunction", "lambda:GetFunction"], resources=[handler.function_arn]
                    ),
                ]
            )
        },
    )
    return custom_resources.Provider(
        scope,
        "Provider",
        on_event_handler=handler,
        log_group=logs,
        # CDK would also allow every version of the handler, by a wildcard.
        framework_on_event_role=role.without_policy_updates(),
        provider_function_env_encryption=key(scope, settings),
        **network.of_functions,
    )
