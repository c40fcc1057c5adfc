"""Metrics in CloudWatch's embedded metric format: what is printed is what the alarms look at."""

import json
from typing import Any

import pytest

from lambdas.watch.metric import Metric, minutes
from lambdas.watch.publish import Publisher


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """As in the function, where the environment names a service."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "watch")
    return Publisher("dev", "CustomerTrack")


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_names_namespace_dimension_units_and_values(publish: Publisher, capsys: pytest.CaptureFixture[str]):
    publish([Metric("PipeRunning", 1, note='{"executionState": "RUNNING"}'), minutes("StreamLagMinutes", 90)])
    (line,) = printed(capsys)
    (definition,) = line["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "CustomerTrack"
    assert definition["Dimensions"] == [["stage"]]
    assert [(each["Name"], each["Unit"]) for each in definition["Metrics"]] == [
        ("PipeRunning", "Count"),
        ("StreamLagMinutes", "None"),
    ]
    assert (line["stage"], line["PipeRunning"], line["StreamLagMinutes"]) == ("dev", [1], [1.5])
    assert line["PipeRunningNote"] == '{"executionState": "RUNNING"}'


def test_what_is_about_an_invariant_has_a_dimension_more(publish: Publisher, capsys: pytest.CaptureFixture[str]):
    publish([Metric("InvariantOffences", 2, invariant="01 a"), Metric("InvariantOffences", 2)])
    publish([Metric("InvariantOffences", 0, invariant="02 b"), Metric("InvariantOffences", 0)])
    lines = printed(capsys)
    dimensions = [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in lines]
    assert dimensions == [[["stage", "invariant"]], [["stage"]]] * 2
    assert [line.get("invariant") for line in lines] == ["01 a", None, "02 b", None]
    assert [line["InvariantOffences"] for line in lines] == [[2], [2], [0], [0]]


def test_what_is_about_a_dimension_has_it_as_one(publish: Publisher, capsys: pytest.CaptureFixture[str]):
    publish([Metric("PipeRunning", 1, dimension="customer"), Metric("PipeRunning", 0, dimension="product")])
    publish([Metric("InvariantOffences", 2, dimension="product", invariant="01 a")])
    lines = printed(capsys)
    dimensions = [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in lines]
    assert dimensions == [[["stage", "dimension"]], [["stage", "dimension"]], [["stage", "dimension", "invariant"]]]
    assert [(line["dimension"], line.get("PipeRunning")) for line in lines[:2]] == [("customer", [1]), ("product", [0])]


def test_a_note_is_not_repeated_with_the_next_metrics(publish: Publisher, capsys: pytest.CaptureFixture[str]):
    publish([Metric("TrustDrifted", 1, note="A.B")])
    publish([Metric("TrustDrifted", 0)])
    first, second = printed(capsys)
    assert first["TrustDriftedNote"] == "A.B"
    assert "TrustDriftedNote" not in second


def test_no_metrics_are_no_line(publish: Publisher, capsys: pytest.CaptureFixture[str]):
    publish([])
    assert printed(capsys) == []
