"""The real stack, synthesised once for each setting, with any image and any package."""

from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, aws_ecs, aws_lambda
from aws_cdk.assertions import Template

from infra.settings import Settings
from infra.stack import CustomerTrackStack

ROOT = Path(__file__).parents[2]


@cache
def template(**settings: Any) -> Template:
    """The template of a stage with these settings."""
    return Template.from_stack(_stack(**settings))


def resources(kind: str, **settings: Any) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a kind, by logical id."""
    return {name: found.get("Properties", {}) for name, found in template(**settings).find_resources(kind).items()}


def only(kind: str, part_of_id: str, **settings: Any) -> tuple[str, dict[str, Any]]:
    """The one resource of a kind whose logical id contains the text."""
    (found,) = ((name, each) for name, each in resources(kind, **settings).items() if part_of_id in name)
    return found


def _stack(**given: Any) -> CustomerTrackStack:
    return CustomerTrackStack(
        App(),
        settings=Settings(**{"snowflake_account": "ORG-ACCOUNT", **given}),
        # Its content does not matter here; any folder is a package.
        lambda_code=aws_lambda.Code.from_asset(str(ROOT / "lambdas")),
        built_image=lambda: aws_ecs.ContainerImage.from_registry("example.org/generator:1"),
        sql=ROOT / "sql",
    )
