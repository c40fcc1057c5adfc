"""Landing: the bucket, and who may announce and listen on its topic."""

import pytest
from aws_cdk.assertions import Match, Template

from tests.infra.rendered import rendered
from tests.infra.synthesis import Synthesised

BUCKET = "AWS::S3::Bucket"


@pytest.fixture(scope="module")
def template(dev: Synthesised) -> Template:
    return Template.from_json(dev.template)


def test_the_bucket_is_private_and_encrypted(template: Template):
    template.has_resource_properties(
        BUCKET,
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
        },
    )


def test_the_bucket_takes_nothing_without_tls(template: Template):
    template.has_resource_properties(
        "AWS::S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Effect": "Deny",
                                "Principal": {"AWS": "*"},
                                "Action": "s3:*",
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                            }
                        )
                    ]
                )
            }
        },
    )


def test_it_announces_whatever_is_created_under_the_prefix_and_nothing_else(dev: Synthesised):
    # Compared whole: a second configuration would be one too many.
    assert dev.only(BUCKET)["NotificationConfiguration"] == {
        "TopicConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Topic": {"Ref": dev.id_of("AWS::SNS::Topic", "LandingTopic")},
                "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "landing/customer/"}]}},
            }
        ]
    }


@pytest.mark.parametrize(("stage", "days"), [("dev", 30), ("prod", 90)])
def test_landed_files_go_after_their_days(stage: str, days: int, request: pytest.FixtureRequest):
    stack: Synthesised = request.getfixturevalue(stage)
    assert stack.only(BUCKET)["LifecycleConfiguration"]["Rules"] == [
        {"Id": "landed-customer", "Prefix": "landing/customer/", "ExpirationInDays": days, "Status": "Enabled"},
        {"Id": "unfinished", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}, "Status": "Enabled"},
    ]


def test_only_this_bucket_of_this_account_may_announce(template: Template, dev: Synthesised):
    (topic,) = (name for name in dev.resources("AWS::SNS::Topic") if name.startswith("LandingTopic"))
    template.has_resource_properties(
        "AWS::SNS::TopicPolicy",
        {
            "Topics": [{"Ref": topic}],
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        {
                            "Sid": "BucketAnnounces",
                            "Effect": "Allow",
                            "Principal": {"Service": "s3.amazonaws.com"},
                            "Action": "sns:Publish",
                            "Resource": {"Ref": topic},
                            "Condition": {
                                "ArnLike": {"aws:SourceArn": Match.any_value()},
                                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                            },
                        }
                    ]
                )
            },
        },
    )


def test_the_policy_means_the_bucket_that_is_made(dev: Synthesised):
    policy = dev.only("AWS::SNS::TopicPolicy", "LandingTopicPolicy")["PolicyDocument"]["Statement"]
    source = rendered(policy[0]["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source == f"arn:<AWS::Partition>:s3:::{rendered(dev.only(BUCKET)['BucketName'])}"


def test_only_snowflakes_user_may_listen(dev: Synthesised):
    policy = dev.only("AWS::SNS::TopicPolicy", "LandingTopicPolicy")["PolicyDocument"]["Statement"]
    assert [each for each in policy if each["Effect"] == "Allow" and "sns:Subscribe" in each["Action"]] == [
        {
            "Sid": "SnowflakeListens",
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::GetAtt": [dev.id_of("Custom::SnowflakeHandshake"), "SubscriberArn"]}},
            "Action": "sns:Subscribe",
            "Resource": {"Ref": dev.id_of("AWS::SNS::Topic", "LandingTopic")},
        }
    ]


@pytest.mark.parametrize("policy", ["LandingTopicPolicy", "LandingErrorTopicPolicy"])
def test_topics_are_reached_by_tls_only(dev: Synthesised, policy: str):
    statements = dev.only("AWS::SNS::TopicPolicy", policy)["PolicyDocument"]["Statement"]
    (denied,) = (each for each in statements if each["Effect"] == "Deny")
    assert denied["Principal"] == "*"
    assert denied["Action"] == ["sns:Publish", "sns:Subscribe"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_given_bucket_is_told_by_the_helper_and_left_as_it_is(given: Synthesised):
    assert given.resources(BUCKET) == {}
    assert given.resources("AWS::S3::BucketPolicy") == {}
    notification = given.only("Custom::S3BucketNotifications")
    assert notification["BucketName"] == "acme-lake"
    # Not managed: what else the bucket announces stays.
    assert notification["Managed"] is False
    (topic,) = notification["NotificationConfiguration"]["TopicConfigurations"]
    assert topic["Events"] == ["s3:ObjectCreated:*"]
    assert topic["Filter"] == {"Key": {"FilterRules": [{"Name": "prefix", "Value": "landing/customer/"}]}}
    assert topic["TopicArn"] == {"Ref": given.id_of("AWS::SNS::Topic", "LandingTopic")}
