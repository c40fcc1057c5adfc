"""`python -m infra`, as the CLI of CDK calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.synthesis import ROOT

WRONG = [
    ({}, "snowflake_account is not set: write it into cdk.json under context.stages.dev"),
    ({"snowflake_account": "A-B", "stage": "test"}, "there is no stage 'test' in cdk.json, only dev"),
    ({"snowflake_account": "A-B", "custmers": "5"}, "there is no setting 'custmers'"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_wrong_settings_are_a_sentence_and_nothing_is_written(given: dict[str, str], said: str, tmp_path: Path):
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | given
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(tmp_path / "out")}
    command = [sys.executable, "-m", "infra"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("customertrack: ")]
    assert said in line
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.glob("out/*.template.json"))


def test_cdk_runs_the_app():
    assert json.loads((ROOT / "cdk.json").read_text())["app"] == "python -m infra"
