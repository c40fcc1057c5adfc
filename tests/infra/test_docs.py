"""What the pages say of the stack is so: its settings, the administrator's block, its permissions, what is billed."""

import json
import re
from dataclasses import MISSING, fields
from typing import Any

import pytest

from infra.administrator import statements
from infra.encryption import key_policy
from infra.settings import Settings
from tests.infra.approve import approved
from tests.infra.observed import ROOT, resources, template
from tests.infra.permissions import Entry
from tests.sql.test_grammars import read_by_sqlfluff

DOCS = ROOT / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
ACCOUNTS = (DOCS / "accounts.md").read_text(encoding="utf-8")
SECURITY = (DOCS / "security.md").read_text(encoding="utf-8")
COSTS = (DOCS / "costs.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of each line of a table."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]


def shown(default: Any) -> str:
    """A default as the README writes it."""
    if default is MISSING or default in ("", ()):
        return ""
    if isinstance(default, tuple):
        return ", ".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_readme_has_every_setting_with_its_default():
    section = README.partition("### Settings of a stage")[2].partition("\n## ")[0]
    told = {cells[0].strip("`"): cells[1].strip("`") for cells in rows(section)[2:]}
    assert told == {each.name: shown(each.default) for each in fields(Settings)}
    assert all(cells[2] for cells in rows(section))


def test_the_administrators_block_is_the_one_that_is_printed():
    assert f"```sql\n{statements('dev', '123456789012')}```" in OPERATIONS


def test_the_policy_of_a_key_is_the_one_that_is_needed():
    policy = json.dumps(key_policy("customertrack-dev", "123456789012", "eu-central-1"), indent=2)
    assert f"```json\n{policy}\n```" in ACCOUNTS


def test_outputs_that_operations_asks_for_are_outputs():
    outputs = set(template().find_outputs("*"))
    assert set(re.findall(r"\$\(output (\w+)\)", OPERATIONS)) <= outputs
    section = OPERATIONS.partition("### 5. See that it works")[2].partition("\n### ")[0]
    told = {cells[0].strip("`") for cells in rows(section)[2:]}
    assert {"PipeStatus", "StorageValidation"} < told <= outputs


def allowed(entry: Entry) -> bool:
    return entry.get("effect") == "Allow" and entry["action"] != "sts:AssumeRole"


def in_words() -> dict[str, set[str]]:
    """The actions that the tables of the security model name, by the beginning of the holder's name."""
    section = SECURITY.partition("## Every permission")[2].partition("\n## ")[0]
    found: dict[str, set[str]] = {}
    for holders, *cells in rows(section):
        for holder in re.findall(r"`(\w+)`", holders):
            found.setdefault(holder, set()).update(re.findall(r"`([a-z0-9]+:\w+\*?)`", " ".join(cells)))
    return found


def test_the_security_model_names_every_holder_and_every_action():
    told = in_words()
    found: dict[str, set[str]] = {}
    for entry in (entry for several in approved().values() for entry in several):
        (holder,) = (name for name in told if entry["holder"].startswith(name))
        found.setdefault(holder, set()).update([entry["action"]] if allowed(entry) else [])
    assert told == found


def test_whom_the_security_model_lets_become_whom_are_the_roles():
    named = set(re.findall(r"`(customertrack-dev-[a-z-]+)`", SECURITY))
    assert named == {role["RoleName"] for role in resources("AWS::IAM::Role").values() if "RoleName" in role}


def test_what_is_billed_is_what_there_is():
    alarms = resources("AWS::CloudWatch::Alarm").values()
    metrics = sum(len([each for each in alarm.get("Metrics", []) if "MetricStat" in each]) or 1 for alarm in alarms)
    assert f"{len(alarms)} alarms on {metrics} metrics" in COSTS
    (task,) = resources("AWS::ECS::TaskDefinition").values()
    assert (task["Cpu"], task["Memory"]) == ("256", "512")
    assert re.search(r"0\.25 vCPU . 0\.03238 \+ 0\.5 GB . 0\.00356", COSTS)
    assert len(resources("AWS::CloudWatch::Dashboard")) == 1
    rates = [schedule["ScheduleExpression"] for schedule in resources("AWS::Scheduler::Schedule").values()]
    assert sorted(rates) == ["rate(1 day)", "rate(1 hour)", "rate(5 minutes)", "rate(5 minutes)"]


@pytest.mark.parametrize("page", ["operations.md", "accounts.md", "security.md", "costs.md"])
def test_their_statements_are_snowflakes(page: str):
    blocks = re.findall(r"^ *```sql\n(.*?)^ *```$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks or page == "security.md"
    for block in blocks:
        unread = [text for text in block.split(";\n") if text.strip() and not read_by_sqlfluff(text)]
        assert unread == []
