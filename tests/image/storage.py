"""The emulated S3 as a test looks at it."""

from typing import Any

import boto3

BUCKET = "customertrack-landing"


def client(endpoint: str) -> Any:
    """A client of the emulated S3."""
    access = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=endpoint, **access)


def objects(endpoint: str) -> dict[str, bytes]:
    """All objects of the bucket, by key."""
    s3 = client(endpoint)
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}
