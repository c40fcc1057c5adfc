"""`python -m infra`, as the CLI of CDK calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.app import tell_of_the_base
from infra.context import settings_from
from tests.infra.synthesis import ROOT


def synth(given: dict[str, str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | given
    environment = {**os.environ, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(folder / "out"), **more}
    command = [sys.executable, "-m", "infra"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_wrong_settings_are_a_sentence_and_nothing_is_written(tmp_path: Path):
    ended = synth({"snowflake_account": "A-B", "custmers": "5"}, tmp_path)
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("customertrack: ")]
    assert "there is no setting 'custmers'" in line
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.glob("out/*.template.json"))


def test_credentials_for_another_partition_are_a_sentence(tmp_path: Path):
    ended = synth({"snowflake_account": "A-B"}, tmp_path, CDK_DEFAULT_REGION="cn-north-1")
    assert ended.returncode == 1
    (line,) = [line for line in ended.stderr.splitlines() if line.startswith("customertrack: ")]
    assert "your credentials are for the region cn-north-1: China, GovCloud and other partitions" in line
    assert not list(tmp_path.glob("out/*.template.json"))


BASE = f"public.ecr.aws/docker/library/python:3.13-slim@sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("given", "said"), [({}, 1), ({"base_image": BASE}, 0), ({"generator_image": "public.ecr.aws/acme/generator:1"}, 0)]
)
def test_an_image_on_a_base_that_may_change_is_told_once(
    given: dict[str, str], said: int, capsys: pytest.CaptureFixture[str]
):
    tell_of_the_base(settings_from({"stages": {"dev": {}}, "snowflake_account": "A-B", **given}))
    assert capsys.readouterr().err.count("base_image is not set: ") == said


def test_cdk_runs_the_app():
    assert json.loads((ROOT / "cdk.json").read_text())["app"] == "python -m infra"
