"""Where files go: a folder, or a prefix in an S3 bucket. A file is there whole or not at all, and never replaced."""

import gzip
import io
import os
import re
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from filecmp import cmp
from os.path import commonprefix
from pathlib import Path
from secrets import token_hex
from time import sleep
from typing import Any, Protocol

from generator.errors import GeneratorError, SettingsError

# Level 1 to 9; above 4 a feed's text hardly shrinks further but takes twice as long.
GZIP_LEVEL = 4
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

# S3's answer to a write that it broke off for another one of the same name ("Conditional requests"), how often it is
# tried in all, and the seconds in between.
CONFLICT, TRIES, PAUSE = "ConditionalRequestConflict", 5, 1.0

NEXT_STEP_BY_CODE = {
    "NoSuchBucket": "create the bucket or correct its name",
    CONFLICT: "run it again; something else keeps writing that name",
    "InvalidAccessKeyId": "check the AWS credentials",
    "SignatureDoesNotMatch": "check the AWS credentials",
    "ExpiredToken": "sign in to AWS again",
}


class Sink(Protocol):
    """Takes files."""

    def write(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Stores a file; False if it was there before. Raises GeneratorError if it cannot be stored."""
        ...

    def missing(self, names: Set[str]) -> set[str]:
        """Those of the names under which nothing is stored. Raises GeneratorError if that cannot be seen."""
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

    def missing(self, names: Set[str]) -> set[str]:
        """Those of which there is no file."""
        return {name for name in names if not (self._folder / name).exists()}


class S3Sink:
    """A prefix in a bucket, in one request per file.

    It needs the permission s3:PutObject, with If-None-Match; to say what is missing, s3:ListBucket on the prefix too.
    """

    def __init__(self, address: str) -> None:
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        if not BUCKET.fullmatch(bucket):
            raise SettingsError(f"'{address}' names no bucket: give s3://BUCKET/PREFIX/")
        self._bucket = bucket
        self._prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        self._client = _s3_client()

    def write(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Stores an object unless one of that name exists: then False, whatever it holds. Raises GeneratorError."""
        with _told(f"cannot write s3://{self._bucket}/{self._prefix}{name}", "s3:PutObject"):
            return self._put(name, b"".join(chunks), TRIES)

    def _put(self, name: str, body: bytes, tries: int) -> bool:
        from botocore.exceptions import ClientError

        try:
            # Snowpipe ignores a second object of the same name, so replacing one would only look like a delivery.
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=body, IfNoneMatch="*")
        except ClientError as error:
            if _code(error) == "PreconditionFailed":
                return False
            if _code(error) != CONFLICT or tries == 1:
                raise
        else:
            return True
        # Of two writes of a name at the same moment S3 breaks one off; whether the other came through, it says next.
        sleep(PAUSE)
        return self._put(name, body, tries - 1)

    def missing(self, names: Set[str]) -> set[str]:
        """Those of which there is no object; names that begin alike cost few requests."""
        if not names:
            return set()
        first, last = min(names), max(names)
        found: set[str] = set()
        with _told(f"cannot list s3://{self._bucket}/{self._prefix}", "s3:ListBucket"):
            pages = self._client.get_paginator(
                "list_objects_v2"
            ).paginate(
                Bucket=self._bucket,
                # Characters in common, not folders; that is what S3 means by a prefix.
                Prefix=self._prefix + commonprefix([first, last]),  # noqa: RUF071
                # Just before the first: S3 lists what comes after, in the order of names.
                StartAfter=self._prefix + first[:-1],
            )
            for page in pages:
                found.update(entry["Key"].removeprefix(self._prefix) for entry in page.get("Contents", ()))
                if found and max(found) > last:
                    break
        return set(names) - found


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


@contextmanager
def _told(what: str, action: str) -> Iterator[None]:
    """Raises what AWS refuses as a GeneratorError: what could not be done, why, and what to do."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except ClientError as error:
        code = _code(error)
        step = f"grant {action} on that prefix" if code == "AccessDenied" else NEXT_STEP_BY_CODE.get(code)
        raise GeneratorError(
            f"{what} ({error.response.get('Error', {}).get('Message') or code}): "
            + (step or "check the bucket, its region and the AWS credentials")
        ) from error
    except NoCredentialsError as error:
        raise GeneratorError(f"{what} (no AWS credentials): set AWS_PROFILE, or run under a role") from error
    except BotoCoreError as error:
        raise GeneratorError(f"{what} ({error}): check the network and the AWS settings") from error


def _code(error: Any) -> str:
    return error.response.get("Error", {}).get("Code", "")


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
