"""Where files go: a folder, or a prefix in an S3 bucket. A file is there whole or not at all, and never replaced."""

import gzip
import io
import os
import re
from collections.abc import Iterable, Iterator
from filecmp import cmp
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from generator.errors import GeneratorError, SettingsError

# Level 1 to 9; above 4 a feed's text hardly shrinks further but takes twice as long.
GZIP_LEVEL = 4
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

NEXT_STEP_BY_CODE = {
    "NoSuchBucket": "create the bucket or correct its name",
    "AccessDenied": "grant s3:PutObject on that prefix",
    "InvalidAccessKeyId": "check the AWS credentials",
    "SignatureDoesNotMatch": "check the AWS credentials",
    "ExpiredToken": "sign in to AWS again",
}


class Sink(Protocol):
    """Takes files."""

    def write(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Stores a file; False if it was there before. Raises GeneratorError if it cannot be stored."""
        ...


def open_sink(target: str) -> Sink:
    """The sink for FOLDER or s3://BUCKET/PREFIX/. Raises SettingsError for another address."""
    if target.startswith("s3://"):
        return S3Sink(target)
    if not target or "://" in target:
        raise SettingsError(f"'{target}' is no folder and no S3 address: give FOLDER or s3://BUCKET/PREFIX/")
    return FolderSink(Path(target))


class FolderSink:
    """A folder, made when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Stores a file under a hidden name, makes sure it is on disk, and only then gives it its own name.

        False if the same file was there. Raises GeneratorError if the folder cannot be written, or holds another file
        of that name: landed files are immutable.
        """
        path = self._folder / name
        # No reader of *.csv or *.csv.gz takes this one for a landed file, not even after a crash.
        partial = self._folder / f".{name}.{token_hex(4)}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                _write_through(partial, chunks)
                return _publish(partial, path)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise GeneratorError(
                f"cannot write {path} ({error.strerror or error}): give a folder that can be written, with room"
            ) from error


class S3Sink:
    """A prefix in a bucket, in one request per file; it needs the permission s3:PutObject and no other."""

    def __init__(self, address: str) -> None:
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        if not BUCKET.fullmatch(bucket):
            raise SettingsError(f"'{address}' names no bucket: give s3://BUCKET/PREFIX/")
        self._bucket = bucket
        self._prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        self._client = _s3_client()

    def write(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Stores an object unless one of that name exists: then False, whatever it holds. Raises GeneratorError."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        address = f"s3://{self._bucket}/{self._prefix}{name}"
        try:
            # Snowpipe ignores a second object of the same name, so replacing one would only look like a delivery.
            self._client.put_object(
                Bucket=self._bucket, Key=self._prefix + name, Body=b"".join(chunks), IfNoneMatch="*"
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "PreconditionFailed":
                return False
            raise GeneratorError(
                f"cannot write {address} ({error.response.get('Error', {}).get('Message') or code}): "
                + NEXT_STEP_BY_CODE.get(code, "check the bucket, its region and the AWS credentials")
            ) from error
        except NoCredentialsError as error:
            raise GeneratorError(
                f"cannot write {address} (no AWS credentials): set AWS_PROFILE, or run under a role"
            ) from error
        except BotoCoreError as error:
            raise GeneratorError(f"cannot write {address} ({error}): check the network and the AWS settings") from error
        return True


def gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks as one gzip file, without time and name: equal content makes equal bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=packed, mtime=0) as packer:
        for chunk in chunks:
            packer.write(chunk)
            yield packed.getvalue()
            packed.seek(0)
            packed.truncate()
    yield packed.getvalue()


def _s3_client() -> Any:
    try:
        import boto3  # not needed, and so not asked for, by those who write to a folder
    except ImportError as error:
        raise GeneratorError("writing to s3:// needs boto3: install boto3, or give a folder") from error
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.client("s3")
    except BotoCoreError as error:
        raise GeneratorError(f"cannot reach S3 ({error}): check the AWS settings") from error


def _write_through(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _publish(partial: Path, path: Path) -> bool:
    if path.exists():
        if not cmp(partial, path, shallow=False):
            raise GeneratorError(
                f"{path} is there with other content, and landed files are not replaced: give another folder"
            )
        return False
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
