"""Where files go: whole or not at all, never replaced, and an error that says what to do."""

import gzip
import sys
import threading

import boto3
import pytest
from moto import mock_aws

from generator import Faults, Feed, GeneratorError, Settings, SettingsError
from generator.sink import FolderSink, gzipped, open_sink
from tests.generator.shipped import CUSTOMER

BATCH = Feed(CUSTOMER, Settings(customers=3_000), Faults(malformed=0.1)).batch(0)


class BreakDown(Exception):
    """Something goes wrong in the middle of a file."""


def broken_off():
    yield b"customer_id,updated_at\n"
    raise BreakDown


def test_a_folder_is_made_and_holds_the_file(tmp_path):
    sink = open_sink(str(tmp_path / "landing" / "customer"))
    assert sink.write(BATCH.name, BATCH.chunks()) is True
    (file,) = (tmp_path / "landing" / "customer").iterdir()
    assert file.name == BATCH.name
    assert file.read_bytes() == BATCH.content()


def test_a_file_that_is_not_finished_is_seen_by_nobody(tmp_path):
    seen = []

    def watched():
        for chunk in BATCH.chunks():
            yield chunk
            seen.append([path.name for path in tmp_path.iterdir() if path.match("*.csv") or path.match("*.csv.gz")])

    FolderSink(tmp_path).write(BATCH.name, watched())
    assert seen
    assert not any(seen)


def test_a_file_that_breaks_off_leaves_nothing(tmp_path):
    with pytest.raises(BreakDown):
        FolderSink(tmp_path).write("a.csv", broken_off())
    assert list(tmp_path.iterdir()) == []


def test_the_same_file_again_changes_nothing(tmp_path):
    sink = FolderSink(tmp_path)
    sink.write(BATCH.name, BATCH.chunks())
    before = (tmp_path / BATCH.name).stat()
    assert sink.write(BATCH.name, BATCH.chunks()) is False
    after = (tmp_path / BATCH.name).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [path.name for path in tmp_path.iterdir()] == [BATCH.name]


def test_another_file_of_the_same_name_is_refused_and_the_first_one_kept(tmp_path):
    sink = FolderSink(tmp_path)
    sink.write("a.csv", [b"one"])
    with pytest.raises(GeneratorError, match=r"other content.*give another folder"):
        sink.write("a.csv", [b"two"])
    assert (tmp_path / "a.csv").read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 1


def test_two_generators_may_write_the_same_file_at_once(tmp_path):
    errors = []

    def write():
        try:
            for k in range(10):
                FolderSink(tmp_path).write(f"{k}.csv", [b"x" * 50_000, b"y" * 50_000])
        except GeneratorError as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{k}.csv" for k in range(10)]
    assert all(path.stat().st_size == 100_000 for path in tmp_path.iterdir())


@pytest.mark.parametrize("target", ["file", "file/below", "/proc/nowhere"])
def test_a_folder_that_cannot_be_written_is_an_error_with_the_next_step(tmp_path, target):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(
        GeneratorError, match=r"cannot write .*a\.csv \(.+\): give a folder that can be written"
    ) as raised:
        open_sink(str(tmp_path / target)).write("a.csv", [b"x"])
    assert raised.value.exit_code == 1


@pytest.mark.parametrize(
    "target", ["", "gs://bucket/x", "S3://bucket/x", "http://bucket", "s3://", "s3:///x", "s3://B_/x"]
)
def test_an_address_that_cannot_be_is_wrong_usage(target):
    with pytest.raises(SettingsError, match=r"give .*s3://BUCKET/PREFIX/"):
        open_sink(target)


def test_gzip_holds_the_file_and_neither_time_nor_name():
    packed = b"".join(gzipped(BATCH.chunks()))
    assert gzip.decompress(packed) == BATCH.content()
    # RFC 1952: ID1 ID2, CM, FLG (8: a name follows), MTIME.
    assert packed[:8] == b"\x1f\x8b\x08\x00" + bytes(4)


def test_gzip_does_not_depend_on_when_and_where(tmp_path):
    for folder in ("a", "b"):
        FolderSink(tmp_path / folder).write(f"{folder}.csv.gz", gzipped(BATCH.chunks()))
    assert (tmp_path / "a" / "a.csv.gz").read_bytes() == (tmp_path / "b" / "b.csv.gz").read_bytes()


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="landing-bucket")
        yield client


def objects(client):
    found = client.list_objects_v2(Bucket="landing-bucket").get("Contents", [])
    return {
        entry["Key"]: client.get_object(Bucket="landing-bucket", Key=entry["Key"])["Body"].read() for entry in found
    }


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("s3://landing-bucket", ""),
        ("s3://landing-bucket/", ""),
        ("s3://landing-bucket/customer", "customer/"),
        ("s3://landing-bucket/in/customer/", "in/customer/"),
    ],
)
def test_an_object_lies_under_the_prefix(bucket, address, prefix):
    assert open_sink(address).write(BATCH.name, BATCH.chunks()) is True
    assert objects(bucket) == {prefix + BATCH.name: BATCH.content()}


def test_an_object_that_exists_is_left_alone(bucket):
    sink = open_sink("s3://landing-bucket/customer/")
    assert sink.write("a.csv", [b"one"]) is True
    assert sink.write("a.csv", [b"two"]) is False
    assert objects(bucket) == {"customer/a.csv": b"one"}


def test_an_object_that_breaks_off_is_not_stored(bucket):
    with pytest.raises(BreakDown):
        open_sink("s3://landing-bucket/").write("a.csv", broken_off())
    assert objects(bucket) == {}


def test_a_bucket_that_is_not_there_is_an_error_with_the_next_step(bucket):
    with pytest.raises(GeneratorError, match=r"s3://no-such-bucket/a.csv .*: create the bucket or correct its name"):
        open_sink("s3://no-such-bucket/").write("a.csv", [b"x"])


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """A machine without AWS credentials, that reaches nothing."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    # boto3 keeps one for the process, with the credentials that it found first.
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    return monkeypatch


def test_missing_credentials_are_an_error_with_the_next_step(alone):
    with pytest.raises(GeneratorError, match=r"no AWS credentials.*set AWS_PROFILE"):
        open_sink("s3://landing-bucket/").write("a.csv", [b"x"])


def test_a_network_that_is_down_is_an_error_with_the_next_step(alone):
    alone.setenv("AWS_ACCESS_KEY_ID", "key")
    alone.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(GeneratorError, match="check the network"):
        open_sink("s3://landing-bucket/").write("a.csv", [b"x"])


def test_a_profile_that_is_not_there_is_an_error_with_the_next_step(alone):
    alone.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(GeneratorError, match=r"cannot reach S3 .*nobody.*check the AWS settings"):
        open_sink("s3://landing-bucket/")


def test_without_boto3_a_folder_works_and_s3_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert open_sink(str(tmp_path)).write("a.csv", [b"x"])
    with pytest.raises(GeneratorError, match="needs boto3: install boto3, or give a folder"):
        open_sink("s3://landing-bucket/")
