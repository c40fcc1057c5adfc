"""The watch of several dimensions: each has its own metrics, and one that cannot be read hides no other."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from customertrack.dimension.project import FOLDER, Project, installed_folder
from customertrack.dimension.reading_feed import in_any_case
from customertrack.dimension.render import render
from customertrack.errors import UserError
from customertrack.local.home import Home, sql_folder
from customertrack.local.pipeline import Pipeline
from lambdas.dimension import Dimension, of_pipe, of_task
from lambdas.watch import invariants
from lambdas.watch.event import questions
from lambdas.watch.feed import landing
from lambdas.watch.metric import Metric
from lambdas.watch.watch import Source, parts, watch
from tests.dimension import definitions
from tests.feeds.feed import FEEDS
from tests.lambdas.watched import drop

NAMES = ("customer", "product")
ROOT = "s3://customertrack-home/landing/"
DEFINITIONS = installed_folder() / FOLDER
EVERYTHING = {"counted_minutes": 60, "invariants": True, "landing": True}


@pytest.fixture
def flow(home: Path) -> Iterator[Pipeline]:
    """A home with customers and products."""
    both = Home(home)
    both.take_up(NAMES)
    with Pipeline.open(both) as opened:
        yield opened


def watched(flow: Pipeline) -> list[Metric]:
    """All that is published, as far as it can be read; raises as the watch does."""
    return _watched(flow, [])


def _watched(flow: Pipeline, published: list[Metric]) -> list[Metric]:
    now = datetime.now(UTC)
    landings = [landing(DEFINITIONS, Dimension(name), ROOT) for name in NAMES]
    queries = {name: invariants.queries(sql_folder(), name) for name in NAMES}
    source = Source(flow.connection, "CUSTOMERTRACK_DEV", landings)
    watch(parts(source, questions(EVERYTHING, now), trusts=[], queries=queries, now=now), published.extend)
    return published


def of(metrics: list[Metric], dimension: str | None) -> set[str]:
    return {metric.name for metric in metrics if metric.dimension == dimension}


def test_each_has_its_own_metrics(flow: Pipeline, tmp_path: Path):
    flow.ingest([drop(tmp_path, "a.csv", 1)])
    found = watched(flow)
    assert of(found, None) == {"TrustDrifted"}
    assert of(found, "customer") - of(found, "product") == {"MinutesSinceLastBatch"}
    landed = {metric.dimension: metric.value for metric in found if metric.name == "RowsLanded"}
    assert landed.keys() == set(NAMES)
    asked = {metric.invariant for metric in found if metric.dimension == "product"} - {None}
    assert asked == set(invariants.queries(sql_folder(), "product"))


@pytest.mark.parametrize(("broken", "other"), [NAMES, NAMES[::-1]])
def test_one_that_cannot_be_read_is_named_and_hides_no_other(flow: Pipeline, broken: str, other: str):
    for statement in (f"DROP PIPE {broken}_s3_pipe", f"DROP TABLE {broken}_batch"):
        flow.connection.cursor().execute(statement)
    published: list[Metric] = []
    with pytest.raises(UserError) as failed:
        _watched(flow, published)
    assert f"the pipe of {broken} (" in str(failed.value)
    assert f"the batches of {broken} (" in str(failed.value)
    assert f"of {other} (" not in str(failed.value)
    assert "PipeRunning" not in of(published, broken)
    assert {"PipeRunning", "RowsLanded", "TaskFailures", "FilesMisread", "InvariantOffences"} <= of(published, other)


def test_a_pipe_that_stands_is_that_of_its_dimension(flow: Pipeline):
    flow.connection.cursor().execute("ALTER PIPE product_s3_pipe SET PIPE_EXECUTION_PAUSED = TRUE")
    runs = {metric.dimension: metric.value for metric in watched(flow) if metric.name == "PipeRunning"}
    assert runs == {"customer": 1, "product": 0}


SHIPPED = {name: Project(installed_folder()).file(name).read_text() for name in NAMES}
WRITTEN = {name: text for name, text in vars(definitions).items() if isinstance(text, str) and "[feed]" in text}


OF_FEEDS = {feed.name: feed.text for feed in FEEDS}
EVERY = SHIPPED | WRITTEN | OF_FEEDS


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_what_it_knows_of_a_definition_is_what_is_defined(text: str, tmp_path: Path):
    (tmp_path / FOLDER).mkdir()
    name = text.partition('dimension = "')[2].partition('"')[0]
    (tmp_path / FOLDER / f"{name}.toml").write_text(text)
    read = Project(tmp_path).load(name)
    feed = read.feed
    found = landing(tmp_path / FOLDER, Dimension(name), ROOT)
    assert found.pattern.pattern == feed.files
    assert found.url == f"{ROOT}{name}/"
    assert found.columns.optional <= ({feed.op.column.upper()} if feed.op else set())
    assert bool(found.pattern.flags & re.IGNORECASE) == in_any_case(feed.files)
    assert found.format == feed.format
    assert found.has_snapshots == (feed.kind == "snapshots")
    assert found.has_truncates == bool(feed.op and feed.op.truncate)
    assert found.has_ignored == ("rows_ignored" in render(read)["R__12_tables.sql"])


def test_a_file_that_the_pipe_would_not_take_is_told_in_any_case_of_its_letters(flow: Pipeline):
    pattern = landing(DEFINITIONS, Dimension("product"), ROOT).pattern
    names = ("a.csv", "2026/A.CSV.GZ", "a.csv.zip", "a.txt")
    assert [bool(pattern.fullmatch(name)) for name in names] == [True, True, False, False]


@pytest.mark.parametrize("name", ["", "Customer", "a-b", "a;b", "1a", "a b", "a'"])
def test_what_cannot_be_the_name_of_a_dimension_gets_into_no_statement(name: str):
    with pytest.raises(UserError, match="no name of a dimension"):
        Dimension(name)


def test_pipes_and_tasks_are_known_by_their_dimension():
    assert (of_pipe("A_B_S3_PIPE"), of_pipe("A_PIPE")) == ("a_b", None)
    assert (of_task("A_B_REFRESH_TASK"), of_task("A_COMPACT_TASK"), of_task("TASK")) == ("a_b", "a", None)
