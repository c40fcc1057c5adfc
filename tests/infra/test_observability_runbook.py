"""docs/runbook.md has a section for each alarm and no other, and what it says to type is right."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from customertrack.local.pipeline import Pipeline
from customertrack.sqltext.statements import split
from infra.generator import CONTAINER
from tests.dimension.snapshot_files import STOCK
from tests.dimension.warehouse import dimension
from tests.infra.observed import ROOT, resources, template
from tests.lambdas.watched import drop
from tests.sql.test_grammars import read_by_sqlfluff, read_by_sqlglot

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
PARTS = ["What it means.", "First look.", "What to do.", "It is over when"]
# What sqlglot lacks and Snowflake documents, in docs.snowflake.com/en/sql-reference/sql:
# alter-pipe, alter-task, call, show-streams
GAPS = ("ALTER PIPE", "ALTER TASK", "CALL", "SHOW STREAMS")


def statements() -> list[str]:
    blocks = re.findall(r"^```sql\n(.*?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL)
    return [statement.text for block in blocks for statement in split(block, "runbook.md")]


def commands() -> Iterator[str]:
    yield from re.findall(r"^```sh\n(.*?)^```$", RUNBOOK, re.MULTILINE | re.DOTALL)


def named() -> dict[str, dict[str, Any]]:
    """The alarms by their names without stage and dimension."""
    alarms = resources("AWS::CloudWatch::Alarm").values()
    return {each["AlarmName"].removeprefix("customertrack-dev-").removeprefix("customer-"): each for each in alarms}


def test_every_alarm_has_its_section_and_none_is_left_over():
    alarms = resources("AWS::CloudWatch::Alarm").values()
    # Those of a dimension of snapshots: tests/infra/test_observability_snapshots.py.
    assert set(SECTIONS) - set(named()) == {"snapshot-held", "snapshot-loading"}
    assert set(named()) <= set(SECTIONS)
    for alarm in alarms:
        (section,) = re.findall(r"docs/runbook\.md, section (\S+)\.$", alarm["AlarmDescription"])
        assert alarm["AlarmName"].endswith(section)


@pytest.fixture(autouse=True)
def _no_warnings_of_sqlglot(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR, "sqlglot")


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over(name: str):
    assert re.findall(r"^\*\*(.+?)\*\*", SECTIONS[name], re.MULTILINE) == PARTS


def test_the_numbers_are_those_of_the_alarms():
    found = named()
    assert found["no-file-landed"]["EvaluationPeriods"] == 3
    assert "For three intervals" in SECTIONS["no-file-landed"]
    assert found["refresh-behind"]["Threshold"] == 15
    assert "quarter of an hour" in SECTIONS["refresh-behind"]
    assert found["rows-rejected"]["Threshold"] == 5
    assert "At least 5 %" in SECTIONS["rows-rejected"]


def test_every_output_that_a_command_asks_for_is_one():
    asked = set(re.findall(r"\$\(output (\w+)\)", RUNBOOK))
    assert asked
    assert asked <= set(template().find_outputs("*"))


def test_a_slot_that_is_run_again_finds_its_resources():
    """By kind, and by the beginning of the logical id: exactly one each."""
    for kind in re.findall(r"\$\(named (AWS::\w+::\w+)\)", RUNBOOK):
        assert len([name for name in resources(kind) if name.startswith("Generator")]) == 1
    assert f'\\"name\\": \\"{CONTAINER}\\"' in RUNBOOK
    assert len([name for name in resources("AWS::SNS::Topic") if name.startswith("LandingTopic")]) == 1


def test_the_statements_are_snowflakes():
    assert len(statements()) > 20
    assert [text for text in statements() if not read_by_sqlfluff(text)] == []
    unread = [text for text in statements() if not read_by_sqlglot(text)]
    assert {next((gap for gap in GAPS if text.startswith(gap)), text) for text in unread} == set(GAPS)


def test_the_statements_run_on_the_tables(pipeline: Pipeline, tmp_path: Path):
    pipeline.ingest([drop(tmp_path, "a.csv", 1, "no key")])
    texts = [text.replace("customertrack_dev", "customertrack") for text in statements()]
    of_snapshots = [text for text in texts if "stock" in text]
    assert 3 < len(of_snapshots) < len(texts)
    for text in texts:
        if text not in of_snapshots:
            pipeline.connection.cursor().execute(text)
    with dimension(STOCK) as made:
        for text in of_snapshots:
            made.rows(text)
