"""The whole stack, synthesised with one set of settings after the other: what most tests of infra look at."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

# Between them they take each way that the code can go.
VARIANTS: dict[str, dict[str, Any]] = {
    "dev": {},
    "prod": {
        "stage": "prod",
        "keep_data": False,
        "customers": 2_000_000,
        "interval_minutes": 1,
        "landing_days": 90,
        "log_days": 365,
        "clock_skew_hours": 1,
        "revision": "2",
        "generator_image": "public.ecr.aws/acme/generator:1",
        "alarm_email": "ops@example.org",
        "sign_in": "aws_jwt",
        "console": True,
    },
    "given": {
        "stage": "given",
        "generate": False,
        "customers": 1_000_000,
        "existing_bucket": "acme-lake",
        "vpc_id": "vpc-0123456789abcdef0",
        "subnet_ids": "subnet-0000000000000000a,subnet-0000000000000000b",
        "availability_zones": "eu-central-1a,eu-central-1b",
        "sign_in": "key_pair",
        "key_secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snowflake-AbCdEf",
        "watch_key_secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:watch-AbCdEf",
        "spot": True,
        "generator_image": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/generator:7",
    },
    "pinned": {
        "stage": "pinned",
        "aws_account": "123456789012",
        "aws_region": "eu-central-1",
        "tags": {"team": "data", "cost-center": "42"},
        "termination_protection": True,
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "private_subnets": True,
        "functions_in_vpc": True,
        "base_image": f"public.ecr.aws/docker/library/python:3.13-slim@sha256:{'0' * 64}",
        "landing_days": 0,
    },
}
ACCOUNT = "MYORG-MYACCOUNT"


@dataclass(frozen=True)
class Synthesised:
    """A stack's template, what was found wrong with it, and the folder it was written to."""

    template: dict[str, Any]
    reports: list[dict[str, Any]]
    folder: Path

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by logical id."""
        return {name: each for name, each in self.template["Resources"].items() if each["Type"] == kind}

    def only(self, kind: str, part_of_id: str = "") -> dict[str, Any]:
        """The properties of the one resource of a type whose logical id has this part."""
        (found,) = (each for name, each in self.resources(kind).items() if part_of_id in name)
        return found.get("Properties", {})

    def id_of(self, kind: str, part_of_id: str = "") -> str:
        """The logical id of that one resource."""
        (found,) = (name for name in self.resources(kind) if part_of_id in name)
        return found


def synthesise(settings: dict[str, Any], folder: Path, sql: Path = ROOT / "sql") -> None:
    """Writes the assembly of a stack with these settings into `folder`, as `python -m infra` does.

    The functions' code is a stand-in. `sql`: where the SQL of its dimensions is.
    """
    # Whoever only reads a template does not wait for CDK.
    from aws_cdk import App, Validations, aws_lambda
    from cdk_nag import AwsSolutionsChecks

    from infra.context import settings_from
    from infra.generator_image import built_image
    from infra.stack import CustomerTrackStack

    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    context["stages"] |= {settings.get("stage", "dev"): {}}
    of_stage = settings_from({**context, "snowflake_account": ACCOUNT, **settings})
    app = App(context=context, outdir=str(folder))
    CustomerTrackStack(
        app,
        settings=of_stage,
        lambda_code=aws_lambda.Code.from_asset(str(ROOT / "lambdas")),
        built_image=lambda: built_image(ROOT, of_stage.base_image),
        sql=sql,
    )
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def read(folder: Path) -> Synthesised:
    """What `synthesise` wrote."""
    (template,) = folder.glob("*.template.json")
    report = json.loads((folder / "validation-report.json").read_text())
    return Synthesised(json.loads(template.read_text()), report["pluginReports"], folder)
