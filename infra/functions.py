"""The functions that talk to Snowflake: one package, a log group each, a role to deploy with and one to watch with."""

from collections.abc import Mapping, Sequence
from typing import cast

from aws_cdk import Duration, RemovalPolicy, aws_iam, aws_lambda, aws_logs
from constructs import Construct

from infra.encryption import DECRYPT, key, may_use
from infra.names import warehouse_role, watch_role
from infra.network import Network, network_interfaces
from infra.settings import Settings
from infra.sign_in import sign_in_statements

HANDSHAKE, MIGRATE, WATCH = "handshake", "migrate", "watch"


class WarehouseFunctions(Construct):
    """Makes functions that sign in to Snowflake, as one of the two roles that Snowflake knows.

    role: of the handshake and the migrations; watch_role: of the watch, which only reads. Their names are fixed,
    because the users in Snowflake name their ARNs.
    network: where the functions stand, these and the others of the stack.
    log_groups: by the function's name. They come before the roles, which may write into just their own.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, network: Network, code: aws_lambda.Code
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._code = code
        self.network = network
        self.log_groups = {
            HANDSHAKE: deploy_log_group(self, "HandshakeLogs", settings),
            MIGRATE: deploy_log_group(self, "MigrateLogs", settings),
            WATCH: log_group(self, "WatchLogs", settings),
        }
        self.role = self._make_role(
            "Role",
            warehouse_role(settings.stage),
            "CustomerTrack: the functions that set up Snowflake",
            logs=[self.log_groups[HANDSHAKE], self.log_groups[MIGRATE]],
            secret=settings.key_secret_arn,
        )
        self.watch_role = self._make_role(
            "WatchRole",
            watch_role(settings.stage),
            "CustomerTrack: the function that reads how Snowflake is",
            logs=[self.log_groups[WATCH]],
            secret=settings.watch_key_secret_arn,
        )

    def function(
        self,
        scope: Construct,
        name: str,
        *,
        timeout: Duration,
        environment: Mapping[str, str] | None = None,
    ) -> aws_lambda.Function:
        """The function whose handler is lambdas.<name>.handler.handler; `environment` is what only it is told."""
        return aws_lambda.Function(
            scope,
            "Function",
            description=f"CustomerTrack {self._settings.stage}: {name}",
            runtime=aws_lambda.Runtime.PYTHON_3_14,
            architecture=aws_lambda.Architecture.ARM_64,
            code=self._code,
            handler=f"lambdas.{name}.handler.handler",
            # Whoever made it may not change it: CDK adds no policy of its own.
            role=(self.watch_role if name == WATCH else self.role).without_policy_updates(),
            log_group=self.log_groups[name],
            timeout=timeout,
            # More than is used: with it come 0.6 processors, so that a cold start, which compiles the package, ends
            # well within the ten seconds that Lambda allows it.
            memory_size=1024,
            environment={**self._environment(name), **(environment or {})},
            environment_encryption=key(self, self._settings),
            **self.network.of_functions,
        )

    def _make_role(
        self, construct_id: str, name: str, description: str, *, logs: Sequence[aws_logs.ILogGroup], secret: str
    ) -> aws_iam.Role:
        """A role of functions that may write into these logs, and sign in, by this secret if there is one."""
        statements = [
            write_logs(*logs),
            *network_interfaces(self._settings),
            # The variables of the function, and a secret that is encrypted with the same key.
            *may_use(self._settings, DECRYPT),
            *sign_in_statements(self._settings.sign_in, secret),
        ]
        return aws_iam.Role(
            self,
            construct_id,
            role_name=name,
            description=description,
            assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
            # Inline, so that the role is never there without them.
            inline_policies={"functions": aws_iam.PolicyDocument(statements=statements)},
        )

    def _environment(self, name: str) -> dict[str, str]:
        settings = self._settings
        user = settings.watch_name if name == WATCH else settings.warehouse_name
        secret = settings.watch_key_secret_arn if name == WATCH else settings.key_secret_arn
        environment = {
            "STAGE": settings.stage,
            "SNOWFLAKE_ACCOUNT": settings.snowflake_account,
            "SNOWFLAKE_USER": user,
            "SNOWFLAKE_ROLE": user,
            "SNOWFLAKE_WAREHOUSE": settings.warehouse_name,
            "SNOWFLAKE_SIGN_IN": settings.sign_in,
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_METRICS_NAMESPACE": "CustomerTrack",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            # The driver keeps files in its home, and would ask the network what kind of machine it is on.
            "HOME": "/tmp",
            "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
        }
        if secret:
            environment["SNOWFLAKE_KEY_SECRET_ARN"] = secret
        return environment


def deploy_log_group(scope: Construct, construct_id: str, settings: Settings) -> aws_logs.LogGroup:
    """A log group that outlives the stack, for what a deploy or a destroy says.

    After a first deploy that failed the stack is gone, and this is what tells why. CloudFormation chooses another name
    each time, so the next deploy has its own. What is in it goes after `log_days`.
    """
    group = log_group(scope, construct_id, settings)
    group.apply_removal_policy(RemovalPolicy.RETAIN)
    return group


def log_group(scope: Construct, construct_id: str, settings: Settings) -> aws_logs.LogGroup:
    """A log group, named by CloudFormation, that goes with the stack: logs are not the data that is kept."""
    group = aws_logs.LogGroup(scope, construct_id, removal_policy=RemovalPolicy.DESTROY)
    cast(aws_logs.CfnLogGroup, group.node.default_child).retention_in_days = settings.log_days
    cast(aws_logs.CfnLogGroup, group.node.default_child).kms_key_id = settings.kms_key_arn or None
    return group


def write_logs(*groups: aws_logs.ILogGroup) -> aws_iam.PolicyStatement:
    """The statement that lets a function or a task write into these log groups."""
    return aws_iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[group.log_group_arn for group in groups]
    )
