"""The deployed stack where IAM is enforced and AWS speaks TLS, as it does: who may do what, and that it is enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from snowglobe import StorageIntegration
from tests.emulator import products
from tests.emulator.identity import SNOWFLAKE, make_certificate
from tests.emulator.ministack import ACCOUNT
from tests.emulator.rehearsal import NAME, Rehearsal, Slot, rehearsing
from tests.emulator.stack import LANDING

READ_ROLE = f"arn:aws:iam::{ACCOUNT}:role/{NAME}-snowflake-read"
ELSEWHERE = "elsewhere/customer/secret.csv"


@dataclass(frozen=True)
class Running:
    """A stack with a slot loaded, and an object in its bucket outside the landing."""

    rehearsal: Rehearsal
    bucket: str
    topic: str
    slot: Slot

    @property
    def external_id(self) -> str:
        """What Snowflake says when it assumes the read role."""
        with self.rehearsal.warehouse() as connection:
            (integration,) = connection.entries(StorageIntegration)
            return integration.external_id

    def snowflake(self, service: str) -> Any:
        """A client of Snowflake's user."""
        identity = self.rehearsal.snowflake.cloud().identity
        return boto3.client(
            service, aws_access_key_id=identity.access_key_id, aws_secret_access_key=identity.secret_access_key
        )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("iam")
    with rehearsing(folder, make_certificate(folder)) as rehearsal:
        rehearsal.cdk.bootstrap()
        rehearsal.administer()
        rehearsal.cdk.deploy()
        topic = rehearsal.snowpipe.listen()
        bucket = rehearsal.stack.bucket()
        boto3.client("s3").put_object(Bucket=bucket, Key=ELSEWHERE, Body=b"customer_id\n1\n")
        yield Running(rehearsal, bucket, topic, rehearsal.slot())


@pytest.fixture(scope="module")
def reader(running: Running) -> Any:
    """S3 as Snowflake reads it."""
    return client_of(assumed(running, running.external_id), "s3")


def assumed(running: Running, external_id: str | None) -> dict[str, str]:
    named = {} if external_id is None else {"ExternalId": external_id}
    answer = running.snowflake("sts").assume_role(RoleArn=READ_ROLE, RoleSessionName="snowflake", **named)
    return answer["Credentials"]


def client_of(given: dict[str, str], service: str) -> Any:
    return boto3.client(
        service,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def test_what_the_roles_may_is_enough(running: Running):
    assert [load.status for load in running.slot.loads] == ["LOADED", "LOADED"]
    assert {each.bucket for each in running.slot.announced} == {running.bucket}
    assert running.rehearsal.verdict().right


def test_it_is_enough_for_each_dimension(running: Running):
    landed = running.rehearsal.land_products("first.csv")
    assert [load.status for load in landed.loads] == ["LOADED"]
    assert landed.right


def test_the_functions_are_known_by_their_role(running: Running):
    log = running.rehearsal.emulator.log.read_text()
    assert "No user is mapped" not in log
    assert len(running.rehearsal.snowflake.sign_ins()) >= 2


@pytest.mark.parametrize("external_id", [None, "another", f"{NAME}-"])
def test_the_read_role_is_not_assumed_without_its_external_id(running: Running, external_id: str | None):
    with pytest.raises(ClientError, match="AccessDenied"):
        assumed(running, external_id)


def test_the_read_role_is_not_assumed_by_others_who_know_the_external_id(running: Running):
    root = boto3.client("sts", aws_access_key_id=SNOWFLAKE, aws_secret_access_key="test")
    with pytest.raises(ClientError, match="AccessDenied"):
        root.assume_role(RoleArn=READ_ROLE, RoleSessionName="other", ExternalId=running.external_id)


def test_snowflake_reads_what_landed(running: Running, reader: Any):
    listed = reader.list_objects_v2(Bucket=running.bucket, Prefix=LANDING)["Contents"]
    assert [each["Key"] for each in listed] == running.rehearsal.stack.objects()
    assert reader.get_object(Bucket=running.bucket, Key=listed[0]["Key"])["Body"].read()
    assert reader.get_bucket_location(Bucket=running.bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("action", "named"),
    [
        ("list_objects_v2", {}),
        ("list_objects_v2", {"Prefix": "elsewhere/"}),
        # No dimension of the stage.
        ("list_objects_v2", {"Prefix": "landing/account/"}),
        ("get_object", {"Key": ELSEWHERE}),
        ("put_object", {"Key": f"{LANDING}made-up.csv"}),
        ("delete_object", {"Key": f"{LANDING}customer.csv"}),
    ],
)
def test_snowflake_does_nothing_else_in_the_bucket(running: Running, reader: Any, action: str, named: dict[str, str]):
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(reader, action)(Bucket=running.bucket, **named)


def test_nobody_else_listens_to_the_topic(running: Running):
    other = boto3.client("sns", aws_access_key_id="111111111111", aws_secret_access_key="test")
    with pytest.raises(ClientError, match="AuthorizationError"):
        other.subscribe(TopicArn=running.topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:111111111111:other")


def test_snowflake_does_not_publish_what_did_not_land(running: Running):
    with pytest.raises(ClientError, match=r"AuthorizationError|AccessDenied"):
        running.snowflake("sns").publish(TopicArn=running.topic, Message="{}")


@pytest.fixture(scope="module")
def generator(running: Running) -> Any:
    """S3 as the generator's task writes it."""
    assert running.rehearsal.last_task
    given = running.rehearsal.last_task.credentials
    return boto3.client(
        "s3",
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given["AWS_SESSION_TOKEN"],
    )


@pytest.mark.parametrize(
    ("action", "named"),
    [
        ("put_object", {"Key": "elsewhere/customer.csv", "IfNoneMatch": "*"}),
        # The generator makes none.
        ("put_object", {"Key": f"{products.LANDING}product.csv", "IfNoneMatch": "*"}),
        ("list_objects_v2", {"Prefix": products.LANDING}),
        ("list_objects_v2", {}),
        ("list_objects_v2", {"Prefix": "elsewhere/"}),
        ("get_object", {"Key": ELSEWHERE}),
    ],
)
def test_the_generator_only_lands_files(running: Running, generator: Any, action: str, named: dict[str, str]):
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(generator, action)(Bucket=running.bucket, **named)


def test_the_generator_sees_what_landed_and_reads_none_of_it(running: Running, generator: Any):
    listed = generator.list_objects_v2(Bucket=running.bucket, Prefix=f"{LANDING}customer_")["Contents"]
    assert [each["Key"] for each in listed] == running.rehearsal.stack.objects()
    with pytest.raises(ClientError, match=r"AccessDenied|403"):
        generator.get_object(Bucket=running.bucket, Key=listed[0]["Key"])


@pytest.mark.parametrize(("condition", "refusal"), [({}, "AccessDenied"), ({"IfNoneMatch": "*"}, "PreconditionFailed")])
def test_the_generator_replaces_no_landed_file(
    running: Running, generator: Any, condition: dict[str, str], refusal: str
):
    landed = running.rehearsal.stack.objects()[0]
    with pytest.raises(ClientError, match=refusal):
        generator.put_object(Bucket=running.bucket, Key=landed, Body=b"another", **condition)


def test_without_the_condition_the_generator_adds_no_file_either(running: Running, generator: Any):
    with pytest.raises(ClientError, match="AccessDenied"):
        generator.put_object(Bucket=running.bucket, Key=f"{LANDING}new.csv", Body=b"")
