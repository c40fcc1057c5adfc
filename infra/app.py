"""The CDK app: from the context to the stack of one stage."""

import os
import sys
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.context import settings_from
from infra.definitions import check_definitions
from infra.errors import SettingsError
from infra.generator_image import built_image
from infra.lambda_package import lambda_code
from infra.package_error import PackageError
from infra.partition import supported
from infra.settings import BASE_IMAGE, NO_ACCOUNT, Settings
from infra.stack import CustomerTrackStack

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Synthesises into the folder that the CLI of CDK names; returns the exit code."""
    app = App()
    try:
        settings = settings_from(app.node.get_all_context())
        _check_region(settings, os.environ.get("CDK_DEFAULT_REGION", ""))
        check_definitions(ROOT, settings.dimensions)
        code = lambda_code(ROOT, settings.dimensions, console=settings.console)
    except (SettingsError, PackageError) as error:
        print(f"customertrack: {error}", file=sys.stderr)
        return 1
    if settings.snowflake_account == NO_ACCOUNT:
        print(f"snowflake_account is not set: the template says {NO_ACCOUNT}; set it to deploy", file=sys.stderr)
    tell_of_the_base(settings)
    CustomerTrackStack(
        app,
        settings=settings,
        lambda_code=code,
        built_image=lambda: built_image(ROOT, settings.base_image),
        sql=ROOT / "sql",
    )
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    return 0


def tell_of_the_base(settings: Settings) -> None:
    """Says once, on stderr, that the image is built on a tag that may mean another image tomorrow; or nothing."""
    if settings.generated and not settings.generator_image and not settings.base_image:
        print(
            f"base_image is not set: the generator's image begins with {BASE_IMAGE}, which may change; "
            "docs/accounts.md says how to name one for good",
            file=sys.stderr,
        )


def _check_region(settings: Settings, of_credentials: str) -> None:
    """Raises SettingsError if the CLI would deploy into a partition that is not supported."""
    region = settings.aws_region or of_credentials
    if region and not supported(region):
        raise SettingsError(
            f"your credentials are for the region {region}: China, GovCloud and other partitions of AWS are not "
            "supported; choose another region (AWS_REGION, or the settings aws_account and aws_region)"
        )
