"""One slot a run, as a schedule starts it: the file of the time that was planned, and then the gaps before it."""

import boto3
import pytest
from moto import mock_aws

from generator import Faults, Feed, GeneratorError, Settings
from generator.sink import FolderSink, S3Sink
from generator.slots import MOST, gaps
from tests.generator.flags import SMALL, files, made, parsed, quiet
from tests.generator.shipped import CUSTOMER

FEED = Feed(CUSTOMER, Settings(customers=200, interval=300))
# Intervals in seconds, and how many slots back a slot is given up: the first that began five minutes before.
WAITS = [(1, 300), (60, 5), (150, 2), (299, 2), (300, 1), (301, 1), (86_400, 1)]


def started(target, k, *flags, feed=FEED, say=quiet):
    """What a schedule starts for slot k: the flags as the task definition gives them."""
    given = ("--to", str(target), "--interval", str(feed.settings.interval), "--fill", "288", *SMALL, *flags)
    return made(parsed("--slot-time", feed.settings.slot_start(k).isoformat(), *given), say=say)


def whole(feed, slots):
    return {batch.name: batch.content() for slot in slots for batch in feed.files(slot)}


def test_a_slot_time_makes_the_file_of_its_slot_again_and_again(tmp_path):
    for _ in range(2):
        made(parsed("--to", str(tmp_path), "--slot-time", "2026-01-01T00:06:00Z", "--late", "0.5", *SMALL))
    batch = Feed(CUSTOMER, Settings(customers=200), Faults(late=0.5)).batch(2)
    assert files(tmp_path) == {batch.name: batch.content()}


@pytest.mark.parametrize("lost", [[0], [1], [4], [2, 3], [0, 1, 2, 3, 4, 5]])
def test_the_run_after_those_that_failed_makes_their_files(tmp_path, lost):
    for k in range(7):
        if k not in lost:
            started(tmp_path, k)
    assert files(tmp_path) == whole(FEED, range(7))


def test_the_slot_itself_comes_first_and_the_gaps_in_their_order(tmp_path):
    said = []
    started(tmp_path, 3, say=said.append)
    assert [line.partition(":")[0] for line in said[:-1]] == [FEED.object_name(k) for k in (3, 0, 1, 2)]


def test_what_is_there_is_not_made_again(tmp_path):
    said = []
    for k in range(4):
        started(tmp_path, k, say=said.append)
    assert [line.partition(":")[0] for line in said if line.startswith("customer_")] == [
        FEED.object_name(k) for k in range(4)
    ]


def test_a_slot_lacks_its_copy_too(tmp_path):
    twice = ("--duplicate-files", "0.5")
    feed = Feed(CUSTOMER, FEED.settings, Faults(duplicate_files=0.5))
    k = next(k for k in range(50) if len(feed.names(k)) == 2)
    for slot in range(k + 1):
        started(tmp_path, slot, *twice)
    (tmp_path / feed.names(k)[1]).unlink()
    started(tmp_path, k + 1, *twice)
    assert files(tmp_path) == whole(feed, range(k + 2))


def test_packed_files_are_seen_too(tmp_path):
    said = []
    for k in (0, 2, 3):
        started(tmp_path, k, "--gzip", say=said.append)
    assert sorted(files(tmp_path)) == [f"{FEED.object_name(k)}.gz" for k in range(4)]
    assert len([line for line in said if line.startswith("customer_")]) == 4


@pytest.mark.parametrize(("interval", "slots"), WAITS)
def test_a_slot_whose_own_run_may_still_be_at_work_is_left_to_it(tmp_path, interval, slots):
    feed = Feed(CUSTOMER, Settings(customers=200, interval=interval))
    k = slots + 3
    assert gaps(feed, FolderSink(tmp_path), k, k, str) == [0, 1, 2, 3][:MOST]
    assert gaps(feed, FolderSink(tmp_path), slots - 1, k, str) == []


def test_a_run_fills_so_many_and_the_next_goes_on(tmp_path):
    last = 2 * MOST + 5
    made = [started(tmp_path, k).batches for k in range(last, last + 4)]
    assert made == [1 + MOST, 1 + MOST, 1 + 5, 1]
    assert files(tmp_path) == whole(FEED, range(last + 4))


def test_where_the_feed_is_older_than_the_reach_a_new_place_begins_with_its_first_file(tmp_path):
    for k in (1_000, 1_001, 1_004):
        started(tmp_path, k)
    assert files(tmp_path) == whole(FEED, range(1_000, 1_005))


def test_a_first_file_that_lacks_its_copy_is_filled(tmp_path):
    twice = ("--duplicate-files", "1")
    feed = Feed(CUSTOMER, FEED.settings, Faults(duplicate_files=1))
    started(tmp_path, 1_000, *twice)
    (tmp_path / feed.names(1_000)[1]).unlink()
    started(tmp_path, 1_001, *twice)
    assert files(tmp_path) == whole(feed, (1_000, 1_001))


def test_other_files_are_not_in_the_way(tmp_path):
    other = Feed(CUSTOMER, Settings(customers=300, interval=300))
    others = ["0.csv", "monday.csv", "customer_20260101T000500Z_mine.csv", "zz.csv", *map(other.object_name, range(3))]
    for name in others:
        (tmp_path / name).write_text("")
    started(tmp_path, 2)
    assert files(tmp_path).keys() - set(others) == whole(FEED, range(3)).keys()


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="landing-bucket")
        yield client


def keys(client):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="landing-bucket")
    return [entry["Key"] for page in pages for entry in page.get("Contents", ())]


def test_a_bucket_is_filled_as_a_folder_is(bucket):
    for key in ("a.csv", "in/customer_0.csv", "in/zz.csv"):
        bucket.put_object(Bucket="landing-bucket", Key=key, Body=b"")
    for k in (1, 2, 5):
        started("s3://landing-bucket/in/", k)
    names = [f"in/{FEED.object_name(k)}" for k in range(6)]
    assert sorted(keys(bucket)) == sorted(["a.csv", "in/customer_0.csv", "in/zz.csv", *names])


def test_many_files_are_seen_in_pages(bucket):
    names = [FEED.object_name(k) for k in range(1_300)]
    for name in names:
        bucket.put_object(Bucket="landing-bucket", Key=f"in/{name}", Body=b"")
    for lost in (0, 999, 1_000, 1_299):
        bucket.delete_object(Bucket="landing-bucket", Key=f"in/{names[lost]}")
    found = S3Sink("s3://landing-bucket/in/").missing(set(names))
    assert found == {names[lost] for lost in (0, 999, 1_000, 1_299)}


def test_a_listing_that_is_refused_costs_no_slot(bucket, monkeypatch):
    def refused(_self, _names):
        raise GeneratorError("cannot list")

    monkeypatch.setattr(S3Sink, "missing", refused)
    with pytest.raises(GeneratorError, match="cannot list"):
        started("s3://landing-bucket/", 4)
    assert keys(bucket) == [FEED.object_name(4)]


def test_what_cannot_be_listed_is_an_error_with_the_next_step(bucket):
    with pytest.raises(GeneratorError, match=r"cannot list s3://no-such-bucket/in/ .*: create the bucket or correct"):
        S3Sink("s3://no-such-bucket/in/").missing({"a.csv"})
