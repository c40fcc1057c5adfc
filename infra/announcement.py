"""How a bucket of somebody else's announces files: told by CDK's helper, which keeps what else it announces."""

from collections.abc import Sequence

import jsii
from aws_cdk import aws_s3, aws_sns
from constructs import Construct, IDependable

from infra.names import landing_prefix


def announce_by_helper(
    bucket: aws_s3.IBucket, topic: aws_sns.Topic, after: IDependable, dimensions: Sequence[str]
) -> IDependable:
    """Lets `bucket` announce what lands of the dimensions on `topic`; returns what must be there for it.

    `after`: the topic's policy, which S3 tries at once.
    """
    for dimension in dimensions:
        bucket.add_event_notification(
            aws_s3.EventType.OBJECT_CREATED,
            _Topic(topic, after),
            aws_s3.NotificationKeyFilter(prefix=landing_prefix(dimension)),
        )
    notifications = bucket.node.find_child("Notifications")
    notifications.node.add_dependency(after)
    return notifications


@jsii.implements(aws_s3.IBucketNotificationDestination)
class _Topic:
    """A topic that has its policy already: CDK's SnsDestination would add a statement without aws:SourceAccount."""

    def __init__(self, topic: aws_sns.Topic, after: IDependable) -> None:
        self._topic = topic
        self._after = after

    def bind(self, scope: Construct, bucket: aws_s3.IBucket) -> aws_s3.BucketNotificationDestinationConfig:
        """What the notification points to."""
        return aws_s3.BucketNotificationDestinationConfig(
            arn=self._topic.topic_arn,
            type=aws_s3.BucketNotificationDestinationType.TOPIC,
            dependencies=[self._after],
        )
