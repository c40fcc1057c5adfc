"""Trust in both directions, with nothing copied by hand: the handshake first, then the roles it answers for."""

from typing import Any

from aws_cdk import Aws, CustomResource, Duration, aws_iam
from constructs import Construct

from infra.administrator import statements
from infra.encryption import DECRYPT, SEND, may_use
from infra.functions import HANDSHAKE, WarehouseFunctions
from infra.landing import Landing, stack_guid
from infra.names import landing_prefix, role_arn
from infra.provider import provider
from infra.settings import Settings


class WarehouseTrust(Construct):
    """Snowflake's integrations, and the two roles that Snowflake assumes.

    The order (snowflake.md, "Auto-ingest handshake"): the integrations are made from the roles' ARNs as text; what
    Snowflake answers goes into the roles and into the topic's policy.

    handshake: the custom resource; `answer` reads one of its attributes.
    handshake_function, read_role, error_role; storage_integration and error_integration: the integrations' names.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        landing: Landing,
        functions: WarehouseFunctions,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.storage_integration = f"{settings.warehouse_name}_STORAGE"
        self.error_integration = f"{settings.warehouse_name}_ERRORS"
        self._read_role_name = f"{settings.prefix}-snowflake-read"
        self._error_role_name = f"{settings.prefix}-snowflake-errors"
        # Longer than any statement may take; the provider's framework, which waits for it, is stopped after 15 minutes.
        self.handshake_function = functions.function(self, HANDSHAKE, timeout=Duration.minutes(14))
        self.handshake = CustomResource(
            self,
            "Handshake",
            resource_type="Custom::SnowflakeHandshake",
            service_token=provider(
                self, handler=self.handshake_function, settings=settings, network=functions.network
            ).service_token,
            service_timeout=Duration.minutes(16),
            properties=self._properties(settings, landing),
        )
        landing.open_to(self.answer("SubscriberArn"))
        self.read_role = self._make_read_role(landing)
        self.error_role = self._make_error_role(landing)

    def answer(self, attribute: str) -> str:
        """StorageUserArn, StorageExternalId, ErrorUserArn, ErrorExternalId or SubscriberArn, as Snowflake gave it."""
        return self.handshake.get_att_string(attribute)

    def _properties(self, settings: Settings, landing: Landing) -> dict[str, Any]:
        return {
            "StorageIntegration": self.storage_integration,
            "ErrorIntegration": self.error_integration,
            "LandingUrls": [landing.url(dimension) for dimension in settings.dimensions],
            "ReadRoleArn": role_arn(self._read_role_name, Aws.ACCOUNT_ID, Aws.PARTITION),
            "ErrorRoleArn": role_arn(self._error_role_name, Aws.ACCOUNT_ID, Aws.PARTITION),
            "LandingTopicArn": landing.topic.topic_arn,
            "ErrorTopicArn": landing.error_topic.topic_arn,
            "ExternalId": f"{settings.prefix}-{stack_guid()}",
            "AdministratorStatements": statements(settings.stage, Aws.ACCOUNT_ID, Aws.PARTITION, settings.sign_in),
            "Revision": settings.warehouse_revision,
            **({"SubscriberArn": settings.subscriber_arn} if settings.subscriber_arn else {}),
        }

    def _make_read_role(self, landing: Landing) -> aws_iam.Role:
        bucket = landing.bucket
        prefixes = [f"{landing_prefix(dimension)}*" for dimension in self._settings.dimensions]
        return aws_iam.Role(
            self,
            "ReadRole",
            role_name=self._read_role_name,
            description="CustomerTrack: Snowflake reads what landed",
            assumed_by=self._snowflake("Storage"),
            inline_policies={
                "read": aws_iam.PolicyDocument(
                    statements=[
                        aws_iam.PolicyStatement(
                            actions=["s3:GetObject", "s3:GetObjectVersion"],
                            resources=[bucket.arn_for_objects(prefix) for prefix in prefixes],
                        ),
                        aws_iam.PolicyStatement(
                            actions=["s3:ListBucket"],
                            resources=[bucket.bucket_arn],
                            conditions={"StringLike": {"s3:prefix": prefixes}},
                        ),
                        # Of its own: a request for the location has no prefix, so the condition would refuse it.
                        aws_iam.PolicyStatement(actions=["s3:GetBucketLocation"], resources=[bucket.bucket_arn]),
                        *may_use(self._settings, DECRYPT, "s3"),
                    ]
                )
            },
        )

    def _make_error_role(self, landing: Landing) -> aws_iam.Role:
        return aws_iam.Role(
            self,
            "ErrorRole",
            role_name=self._error_role_name,
            description="CustomerTrack: Snowflake reports files that could not be loaded",
            assumed_by=self._snowflake("Error"),
            inline_policies={
                "report": aws_iam.PolicyDocument(
                    statements=[
                        aws_iam.PolicyStatement(actions=["sns:Publish"], resources=[landing.error_topic.topic_arn]),
                        *may_use(self._settings, SEND, "sns"),
                    ]
                )
            },
        )

    def _snowflake(self, integration: str) -> aws_iam.PrincipalBase:
        """Snowflake's user of an integration, who must name its external id."""
        return aws_iam.ArnPrincipal(self.answer(f"{integration}UserArn")).with_conditions(
            {"StringEquals": {"sts:ExternalId": self.answer(f"{integration}ExternalId")}}
        )
