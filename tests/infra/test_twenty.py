"""A stack of as many dimensions as there may be, twice twenty, in a project of its own, stays within what AWS allows.

The numbers are AWS's own: "CloudFormation quotas", "Lambda quotas", "IAM and AWS STS quotas", "Organizing objects ...
lifecycle" and "Amazon S3 event notifications" of S3, "CloudWatch quotas" and "PutDashboard".
"""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra import settings as settings_of_a_stage
from infra.checks import MOST_DIMENSIONS, dimensions
from infra.lambda_package import package, sources
from infra.lambda_wheels import UNPACKED
from infra.settings import CHECKS
from infra.sql_files import migrations
from tests.dimension.snapshot_files import STOCK
from tests.infra.synthesis import ROOT, Synthesised, read, synthesise

# The longest names that there may be; and a bucket that is called by as many letters as it may.
NAMES = [f"orders_of_the_northern_region_by_week_{number:02}" for number in range(MOST_DIMENSIONS)]
BUCKET = "b" * 63
KB, MB = 1024, 1_000_000


@dataclass(frozen=True)
class Project:
    """A folder with definitions and their SQL."""

    folder: Path

    def define(self, names: list[str], like: str, called: str) -> None:
        """As many dimensions as names, like one that is called otherwise, and render them."""
        (self.folder / "dimensions").mkdir(parents=True)
        for name in names:
            text = like.replace(f'dimension = "{called}"', f'dimension = "{name}"')
            (self.folder / "dimensions" / f"{name}.toml").write_text(text)
        command = [sys.executable, "-m", "customertrack", "dimension", "render", "--project", str(self.folder)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    def synthesise(self, folder: Path, names: list[str], **settings: Any) -> Synthesised:
        """The stack of these dimensions."""
        given = {"dimensions": ",".join(names), "generator_image": "example.org/acme/generator:1", **settings}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(settings_of_a_stage, "DEFINITIONS", self.folder / "dimensions")
            patch.setitem(CHECKS, "dimensions", dimensions(self.folder / "dimensions"))
            synthesise(given, folder, self.folder / "sql")
        return read(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    assert (len(NAMES) >= 20, max(map(len, NAMES))) == (True, 40)
    made = Project(tmp_path_factory.mktemp("twenty") / "project")
    made.define(NAMES, (ROOT / "dimensions/product.toml").read_text(), "product")
    return made


@pytest.fixture(scope="module")
def stack(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    return project.synthesise(tmp_path_factory.mktemp("stack") / "out", NAMES, kms_key_arn=KEY)


KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def size(value: Any) -> int:
    """Bytes as JSON without blanks, which is what AWS counts."""
    return len(json.dumps(value, separators=(",", ":")).encode())


def test_the_template_is_one_that_cloudformation_takes(stack: Synthesised):
    resources = stack.template["Resources"]
    # Of each dimension the alarms alone are resources.
    assert len([each for each in resources.values() if each["Type"] == "AWS::CloudWatch::Alarm"]) > 8 * len(NAMES)
    assert len(resources) < 500
    assert len(stack.template["Outputs"]) < 200
    assert len(stack.template.get("Parameters", {})) < 200
    (template,) = stack.folder.glob("*.template.json")
    # CDK uploads it, so it may have a MB and not just 51,200 bytes.
    assert template.stat().st_size < MB
    (assets,) = stack.folder.glob("*.assets.json")
    assert template.name in [each["source"]["path"] for each in json.loads(assets.read_text())["files"].values()]


def test_the_template_of_as_many_dimensions_of_snapshots_too(tmp_path: Path):
    """Each of these has two alarms more."""
    made = Project(tmp_path / "project")
    made.define(NAMES, STOCK, "stock")
    stack = made.synthesise(tmp_path / "out", NAMES, kms_key_arn=KEY)
    assert len(stack.resources("AWS::CloudWatch::Alarm")) > 10 * len(NAMES)
    assert len(stack.template["Resources"]) < 500
    (template,) = stack.folder.glob("*.template.json")
    assert template.stat().st_size < MB


def test_a_bucket_takes_the_notifications_and_the_rules(stack: Synthesised):
    bucket = stack.only("AWS::S3::Bucket")
    topics = bucket["NotificationConfiguration"]["TopicConfigurations"]
    prefixes = [each["Filter"]["S3Key"]["Rules"][0]["Value"] for each in topics]
    assert prefixes == [f"landing/{name}/" for name in NAMES]
    assert len(topics) <= 100
    # S3 refuses two of one event whose prefixes overlap.
    assert not [(a, b) for a in prefixes for b in prefixes if a != b and b.startswith(a)]
    assert len(bucket["LifecycleConfiguration"]["Rules"]) <= 1000


def test_what_a_role_may_do_fits_into_its_policies(project: Project, tmp_path: Path):
    """The longest there are: in a bucket that is named with as many letters as may be."""
    stack = project.synthesise(tmp_path / "out", NAMES, existing_bucket=BUCKET, kms_key_arn=KEY)
    for role in stack.resources("AWS::IAM::Role").values():
        inline = sum(size(each["PolicyDocument"]) for each in role["Properties"].get("Policies", []))
        assert inline < 10_240


def test_the_dashboard_is_one_that_cloudwatch_takes(stack: Synthesised):
    parts = stack.only("AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"][1]
    widgets = json.loads("".join(part if isinstance(part, str) else "x" for part in parts))["widgets"]
    assert len(widgets) <= 500
    metrics = [len(widget["properties"].get("metrics", [])) for widget in widgets]
    assert max(metrics) <= 500
    assert sum(metrics) <= 2500
    assert max(len(widget["properties"].get("alarms", [])) for widget in widgets) <= 100
    assert {widget["properties"]["title"] for widget in widgets} > {f"{name}: alarms" for name in NAMES}


def test_the_functions_are_told_no_more_than_they_may_be(stack: Synthesised):
    for function in stack.resources("AWS::Lambda::Function").values():
        assert size(function["Properties"].get("Environment", {})) < 4 * KB
    for resource in ("Custom::SqlMigrations", "Custom::SnowflakeHandshake"):
        # An event of Lambda that nobody waits for may have 256 KB.
        assert size(stack.only(resource)) < 256 * KB


def test_the_functions_are_no_larger_than_they_may_be(project: Project, tmp_path: Path):
    root = tmp_path / "checkout"
    shutil.copytree(project.folder, root)
    for path in [*sources(ROOT, []), ROOT / UNPACKED]:
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    made = package(root, NAMES)
    assert made.stat().st_size < 50 * MB
    with ZipFile(made) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) < 250 * MB
        assert {f"dimensions/{name}.toml" for name in NAMES} < set(archive.namelist())
    assert len(migrations(root / "sql", NAMES)) > 14 * len(NAMES)
