"""S3 as Snowflake reaches it: by assuming the role of a storage integration, with its external id."""

import errno
import hashlib
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from snowglobe import Bucket, Role, StoredFile


@dataclass(frozen=True)
class Identity:
    """The user of AWS that an account of Snowflake acts as.

    The keys matter only where IAM is enforced. An emulator without IAM takes a number for the account that the key is
    of, so the default makes an account of Snowflake's own.
    """

    user_arn: str = "arn:aws:iam::210987654321:user/snowflake-s"
    access_key_id: str = "210987654321"
    secret_access_key: str = "test"


@dataclass(frozen=True)
class S3Cloud:
    """Every bucket of AWS (AWS_ENDPOINT_URL says where that is). Files are fetched to below `root`."""

    root: Path
    identity: Identity

    @property
    def user(self) -> str:
        """See Cloud."""
        return self.identity.user_arn

    def bucket(self, name: str, role: Role) -> Bucket:
        """See Cloud."""
        sts = boto3.client(
            "sts",
            aws_access_key_id=self.identity.access_key_id,
            aws_secret_access_key=self.identity.secret_access_key,
        )
        try:
            answer = sts.assume_role(RoleArn=role.arn, ExternalId=role.external_id, RoleSessionName="snowflake")
        except ClientError as error:
            raise _as_os_error(error) from error
        given = answer["Credentials"]
        client = boto3.client(
            "s3",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        return S3Bucket(name, self.root / name, client)


@dataclass(frozen=True)
class S3Bucket:
    """A bucket through a client that has what the role may."""

    name: str
    root: Path
    client: Any

    def names(self, prefix: str) -> list[str]:
        """See Bucket."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        try:
            return sorted(found["Key"] for page in pages for found in page.get("Contents", ()))
        except ClientError as error:
            raise _as_os_error(error) from error

    def fetch(self, name: str) -> Path:
        """See Bucket."""
        self.root.mkdir(parents=True, exist_ok=True)
        # Any key is a name here, and what it ends with still tells how it is packed.
        path = self.root / (hashlib.sha256(name.encode()).hexdigest()[:32] + "".join(Path(name).suffixes[-2:]))
        try:
            with path.open("wb") as file:
                self.client.download_fileobj(self.name, name, file)
        except ClientError as error:
            raise _as_os_error(error) from error
        return path

    def stat(self, name: str) -> StoredFile:
        """See Bucket."""
        try:
            head = self.client.head_object(Bucket=self.name, Key=name)
        except ClientError as error:
            raise _as_os_error(error) from error
        modified_at = head["LastModified"].astimezone(UTC).replace(tzinfo=None)
        return StoredFile(name, head["ContentLength"], modified_at, head["ETag"])

    def etag(self, name: str) -> str:
        """See Bucket."""
        return self.stat(name).version


def _as_os_error(error: ClientError) -> OSError:
    """What AWS answered, in the words in which Snowflake passes it on."""
    answer: Any = error.response
    status, code = answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
    message = f"{answer['Error'].get('Message', code)} (Status Code: {status}; Error Code: {code})"
    return OSError(errno.ENOENT if status == 404 else errno.EACCES, message)
