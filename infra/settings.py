"""What a stage is made with: one record, from the context of CDK, each value checked before anything is synthesised."""

import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from infra import checks, names
from infra.partition import REGION, ZONE

STAGE = r"[a-z][a-z0-9]{0,15}"
# Retention that CloudWatch Logs knows (PutRetentionPolicy).
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
# The organisation's form, or the older locator with region and cloud (docs.snowflake.com, "Account identifiers").
# With .privatelink at its end the functions go there by AWS PrivateLink.
ACCOUNT = r"([A-Za-z][A-Za-z0-9_]*-[A-Za-z0-9_-]+|[A-Za-z]{2,}[0-9]+(\.[a-z0-9-]+){0,2})(\.privatelink)?"
ELSEWHERE = r"\.(azure|gcp)\b|\.(fhplus-)?us-gov-|\.cn-"
USER = r"arn:aws:iam::[0-9]{12}:user/[A-Za-z0-9+=,.@_/-]+"
SECRET = f"arn:aws:secretsmanager:{REGION}:[0-9]{{12}}:secret:[A-Za-z0-9/_+=.@-]+"
KEY = f"arn:aws:kms:{REGION}:[0-9]{{12}}:key/[A-Za-z0-9-]+"
NAMED = r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
DIGEST = "@sha256:[0-9a-f]{64}"
IMAGE = f"{NAMED}({DIGEST})?"
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"

# The key of the context by which `make synth` says that nothing will be deployed, and the account it then may name.
ONLY_SYNTH = "customertrack:only_synth"
NO_ACCOUNT = "MYORG-MYACCOUNT"

DEFINITIONS = Path(__file__).parents[1] / "dimensions"
# What the generator makes.
GENERATED = ("customer",)

# What generator/Dockerfile begins with if nothing else is given.
BASE_IMAGE = "public.ecr.aws/docker/library/python:3.13-slim"


def _setting(default: Any, check: checks.Check) -> Any:
    return field(default=default, metadata={"check": check})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One stage. Made by `settings_from`, which checks each value by the check that stands beside it."""

    snowflake_account: str = _setting(
        MISSING,
        checks.text_unless(
            ACCOUNT,
            "the account identifier alone, such as MYORG-MYACCOUNT, without snowflakecomputing.com",
            ELSEWHERE,
            "only accounts of Snowflake on AWS, outside of China and GovCloud, are supported: give one of those",
        ),
    )
    stage: str = _setting("dev", checks.text(STAGE, "a small letter, then at most 15 small letters and digits"))

    dimensions: tuple[str, ...] = _setting(("customer",), checks.dimensions(DEFINITIONS))

    # Where. Not given, it is wherever the credentials of the deploy are.
    aws_account: str = _setting("", checks.text("([0-9]{12})?", "the twelve digits of an account of AWS, as text"))
    aws_region: str = _setting(
        "", checks.text(f"({REGION})?", "a region such as eu-central-1; China and GovCloud are not supported")
    )
    tags: tuple[tuple[str, str], ...] = _setting((), checks.tags)
    termination_protection: bool = _setting(False, checks.yes_or_no)
    kms_key_arn: str = _setting(
        "", checks.text(f"({KEY})?", "the ARN of a key, arn:aws:kms:...:key/..., not of an alias")
    )

    sign_in: str = _setting("workload_identity", checks.one_of("workload_identity", "aws_jwt", "key_pair"))
    key_secret_arn: str = _setting("", checks.text(f"({SECRET})?", "the whole ARN of a secret in Secrets Manager"))
    watch_key_secret_arn: str = _setting(
        "", checks.text(f"({SECRET})?", "the whole ARN of a secret in Secrets Manager")
    )

    # Whom SYSTEM$GET_AWS_SNS_IAM_POLICY names, for a role that may not ask.
    subscriber_arn: str = _setting(
        "",
        checks.text(f"({USER})?", "the ARN of Snowflake's user in the policy, arn:aws:iam::...:user/..."),
    )

    # The generator. As `customertrack run` on one machine, late rows and rejects among the rest.
    generate: bool = _setting(True, checks.yes_or_no)
    customers: int = _setting(10_000, checks.whole(0, 10_000_000))
    growth: int = _setting(20, checks.whole(0, 10_000_000))
    seed: int = _setting(42, checks.whole(0, 2**63 - 1))
    delete_rate: float = _setting(0.002, checks.share)
    reinsert_rate: float = _setting(0.05, checks.share)
    late: float = _setting(0.05, checks.share)
    duplicates: float = _setting(0.01, checks.share)
    duplicate_files: float = _setting(0.0, checks.share)
    malformed: float = _setting(0.005, checks.share)
    interval_minutes: int = _setting(5, checks.whole(1, 1440))
    # Of dimensions whose files come more seldom, or more often, than the generator's.
    intervals: tuple[tuple[str, int], ...] = _setting((), checks.intervals)
    generator_image: str = _setting(
        "",
        checks.text_unless(
            f"({IMAGE})?",
            "the address of an image, such as registry/name:tag",
            r"\.amazonaws\.com\.cn/",
            "registries of China are not supported: give one that the task can reach",
        ),
    )
    # A tag may mean another image tomorrow; what is built goes by this one, and changes when it does.
    base_image: str = _setting(
        "", checks.text(f"({NAMED}{DIGEST})?", f"an image of Python with its digest, such as {BASE_IMAGE}@sha256:...")
    )
    spot: bool = _setting(False, checks.yes_or_no)

    clock_skew_hours: int = _setting(24, checks.whole(0, 8760))

    existing_bucket: str = _setting("", checks.text(f"({BUCKET})?", "the name of a bucket of this account and region"))
    vpc_id: str = _setting("", checks.text("(vpc-[0-9a-f]{8,17})?", "the id of a VPC, such as vpc-0123456789abcdef0"))
    subnet_ids: tuple[str, ...] = _setting((), checks.texts("subnet-[0-9a-f]{8,17}", "ids of subnets of vpc_id"))
    availability_zones: tuple[str, ...] = _setting(
        (), checks.texts(ZONE, "zones such as eu-central-1a, those of subnet_ids in their order if there are any")
    )
    private_subnets: bool = _setting(False, checks.yes_or_no)
    functions_in_vpc: bool = _setting(False, checks.yes_or_no)

    # A Streamlit app in Snowflake, which reads there as a role of its own.
    console: bool = _setting(False, checks.yes_or_no)

    alarm_email: str = _setting("", checks.text(r"([^@\s]+@[^@\s]+\.[^@\s]+)?", "an e-mail address"))
    keep_data: bool = _setting(True, checks.yes_or_no)
    # ALTER PIPE ... REFRESH loads what came in the last 7 days; a file must not be gone before. 0: never.
    landing_days: int = _setting(30, checks.none_or(8, 36_500))
    log_days: int = _setting(30, checks.one_of(*LOG_DAYS))
    revision: str = _setting("1", checks.text("[A-Za-z0-9._-]{1,64}", "up to 64 letters, digits, dots, hyphens"))

    @property
    def generated(self) -> tuple[str, ...]:
        """Those of the dimensions whose files the generator makes."""
        return tuple(name for name in self.dimensions if name in GENERATED)

    def interval_of(self, dimension: str) -> int:
        """The minutes in which a file of a dimension is usual."""
        return dict(self.intervals).get(dimension, self.interval_minutes)

    def has_snapshots(self, dimension: str) -> bool:
        """Whether each file of a dimension is the whole truth of its time."""
        written = tomllib.loads((DEFINITIONS / f"{dimension}.toml").read_text(encoding="utf-8"))
        return bool(written["feed"]["kind"] == "snapshots")

    @property
    def prefix(self) -> str:
        """What names in AWS begin with, and the name of the stack."""
        return names.prefix(self.stage)

    @property
    def warehouse_name(self) -> str:
        """What names in Snowflake begin with; also the name of its database, role, user and warehouse."""
        return names.warehouse_name(self.stage)

    @property
    def watch_name(self) -> str:
        """The name of the watch's user and role in Snowflake."""
        return names.watch_name(self.stage)

    @property
    def console_name(self) -> str:
        """The name of the role in Snowflake that owns the console."""
        return names.console_name(self.stage)

    @property
    def warehouse_revision(self) -> str:
        """What makes the custom resources run again: on request, and when the account or the way to sign in changes."""
        return f"{self.revision} {self.snowflake_account} {self.sign_in}"


CHECKS: dict[str, checks.Check] = {each.name: each.metadata["check"] for each in fields(Settings)}
