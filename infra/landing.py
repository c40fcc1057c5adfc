"""Where files land: a bucket, the topic that announces them, the topic for what could not be loaded."""

from typing import cast

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, aws_iam, aws_s3, aws_sns
from constructs import Construct, IDependable

from infra.announcement import announce_by_helper
from infra.encryption import key
from infra.names import LANDING_ROOT, bucket_arn, landing_prefix
from infra.settings import Settings


class Landing(Construct):
    """Bucket and topics. In two steps, because the topic's policy needs to know Snowflake's subscriber.

    topic, error_topic: made at once. CloudFormation names them: a topic made again under its old name stays deaf to
    Snowflake for 72 hours.
    bucket_name, root: known at once, as text. root is the URL of the folder that has one for each dimension.
    bucket, topic_policy, announced: made by `open_to`.
    """

    bucket: aws_s3.IBucket
    topic_policy: aws_sns.TopicPolicy
    # What must be there for a new file to be announced.
    announced: IDependable

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        # With a part of the stack's GUID: another name after destroy and deploy, since the old bucket is kept.
        self.bucket_name = settings.existing_bucket or f"{settings.prefix}-landing-{short_guid()}"
        self.root = f"s3://{self.bucket_name}/{LANDING_ROOT}"
        self.topic = aws_sns.Topic(self, "Topic", master_key=key(self, settings))
        self.error_topic = aws_sns.Topic(self, "ErrorTopic", master_key=key(self, settings))
        aws_sns.TopicPolicy(
            self,
            "ErrorTopicPolicy",
            topics=[self.error_topic],
            policy_document=aws_iam.PolicyDocument(statements=[_tls_only(self.error_topic)]),
        )

    def url(self, dimension: str) -> str:
        """Where files of a dimension land."""
        return f"s3://{self.bucket_name}/{landing_prefix(dimension)}"

    def open_to(self, subscriber_arn: str) -> None:
        """Lets Snowflake's subscriber listen, and makes the bucket, which announces what lands of the dimensions."""
        self.topic_policy = self._make_topic_policy(subscriber_arn)
        if self._settings.existing_bucket:
            self.bucket = aws_s3.Bucket.from_bucket_name(self, "Bucket", self.bucket_name)
            self.announced = announce_by_helper(self.bucket, self.topic, self.topic_policy, self._settings.dimensions)
        else:
            self.bucket = self.announced = self._make_bucket()

    def _make_topic_policy(self, subscriber_arn: str) -> aws_sns.TopicPolicy:
        announce = aws_iam.PolicyStatement(
            sid="BucketAnnounces",
            principals=[aws_iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[self.topic.topic_arn],
            # By its name: the bucket comes after this policy, because S3 tries the topic when it is told of it.
            conditions={
                "ArnLike": {"aws:SourceArn": bucket_arn(self.bucket_name, Aws.PARTITION)},
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            },
        )
        listen = aws_iam.PolicyStatement(
            sid="SnowflakeListens",
            principals=[aws_iam.ArnPrincipal(subscriber_arn)],
            actions=["sns:Subscribe"],
            resources=[self.topic.topic_arn],
        )
        return aws_sns.TopicPolicy(
            self,
            "TopicPolicy",
            topics=[self.topic],
            policy_document=aws_iam.PolicyDocument(statements=[announce, listen, _tls_only(self.topic)]),
        )

    def _make_bucket(self) -> aws_s3.Bucket:
        keep = self._settings.keep_data
        own_key = key(self, self._settings)
        bucket = aws_s3.Bucket(
            self,
            "Bucket",
            bucket_name=self.bucket_name,
            encryption=aws_s3.BucketEncryption.KMS if own_key else aws_s3.BucketEncryption.S3_MANAGED,
            encryption_key=own_key,
            # Fewer calls of KMS, which are billed: one for many files.
            bucket_key_enabled=bool(own_key),
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=_lifecycle(self._settings),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if keep else RemovalPolicy.DESTROY,
            auto_delete_objects=not keep,
        )
        resource = cast(aws_s3.CfnBucket, bucket.node.default_child)
        resource.notification_configuration = aws_s3.CfnBucket.NotificationConfigurationProperty(
            topic_configurations=[self._announced(landing_prefix(dimension)) for dimension in self._settings.dimensions]
        )
        bucket.node.add_dependency(self.topic_policy)
        if keep and bucket.policy:
            # What is kept goes on refusing whoever comes without TLS.
            bucket.policy.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return bucket

    def _announced(self, prefix: str) -> aws_s3.CfnBucket.TopicConfigurationProperty:
        rule = aws_s3.CfnBucket.FilterRuleProperty(name="prefix", value=prefix)
        return aws_s3.CfnBucket.TopicConfigurationProperty(
            # Put alone would miss multipart uploads.
            event="s3:ObjectCreated:*",
            topic=self.topic.topic_arn,
            filter=aws_s3.CfnBucket.NotificationFilterProperty(
                s3_key=aws_s3.CfnBucket.S3KeyFilterProperty(rules=[rule])
            ),
        )


def stack_guid() -> str:
    """The GUID in the ARN of the stack (arn:...:stack/NAME/GUID): another one each time the stack is made."""
    return Fn.select(2, Fn.split("/", Aws.STACK_ID))


def short_guid() -> str:
    """Its first and last part, 8 and 12 hexadecimal digits.

    It is a UUID of version 1 (RFC 9562). The last part is the machine that made it, which is the same for many stacks;
    the first is the part of the time that changes fastest.
    """
    parts = Fn.split("-", stack_guid())
    return f"{Fn.select(0, parts)}-{Fn.select(4, parts)}"


def _lifecycle(settings: Settings) -> list[aws_s3.LifecycleRule]:
    """Landed files go after so many days, or never if that is 0; what was never finished goes soon."""
    unfinished = aws_s3.LifecycleRule(id="unfinished", abort_incomplete_multipart_upload_after=Duration.days(1))
    if not settings.landing_days:
        return [unfinished]
    expiration = Duration.days(settings.landing_days)
    landed = [
        aws_s3.LifecycleRule(id=f"landed-{dimension}", prefix=landing_prefix(dimension), expiration=expiration)
        for dimension in settings.dimensions
    ]
    return [*landed, unfinished]


def _tls_only(topic: aws_sns.Topic) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(
        sid="TlsOnly",
        effect=aws_iam.Effect.DENY,
        principals=[aws_iam.StarPrincipal()],
        actions=["sns:Publish", "sns:Subscribe"],
        resources=[topic.topic_arn],
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
