"""The CDK app: from the context to the stack of one stage."""

import sys
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.errors import SettingsError
from infra.generator_image import built_image
from infra.lambda_package import lambda_code
from infra.package_error import PackageError
from infra.settings import NO_ACCOUNT, settings_from
from infra.stack import CustomerTrackStack

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Synthesises into the folder that the CLI of CDK names; returns the exit code."""
    app = App()
    try:
        settings = settings_from(app.node.get_all_context())
        code = lambda_code(ROOT)
    except (SettingsError, PackageError) as error:
        print(f"customertrack: {error}", file=sys.stderr)
        return 1
    if settings.snowflake_account == NO_ACCOUNT:
        print(f"snowflake_account is not set: the template says {NO_ACCOUNT}; set it to deploy", file=sys.stderr)
    CustomerTrackStack(
        app,
        settings=settings,
        lambda_code=code,
        built_image=lambda: built_image(ROOT),
        sql=ROOT / "sql",
    )
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    return 0
