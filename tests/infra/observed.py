"""The constructs around Observability, in a stack of their own: their templates, synthesised once for each setting."""

from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack, aws_ecs, aws_lambda
from aws_cdk.assertions import Template

from infra.functions import WarehouseFunctions
from infra.generator import Generator
from infra.landing import Landing
from infra.migrations import Migrations
from infra.observability import Observability
from infra.settings import Settings
from infra.warehouse_trust import WarehouseTrust

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


def _stack(**given: Any) -> Stack:
    settings = Settings(**{"snowflake_account": "ORG-ACCOUNT", **given})
    stack = Stack(App(), settings.prefix)
    # Its content does not matter here; any folder is a package.
    functions = WarehouseFunctions(
        stack, "Functions", settings=settings, code=aws_lambda.Code.from_asset(str(ROOT / "lambdas"))
    )
    landing = Landing(stack, "Landing", settings=settings)
    trust = WarehouseTrust(stack, "Trust", settings=settings, landing=landing, functions=functions)
    migrations = Migrations(
        stack, "Migrations", settings=settings, landing=landing, trust=trust, functions=functions, sql=ROOT / "sql"
    )
    generator = Generator(
        stack,
        "Generator",
        settings=settings,
        landing=landing,
        migrations=migrations,
        image=aws_ecs.ContainerImage.from_registry("example.org/generator:1"),
    )
    Observability(
        stack,
        "Observability",
        settings=settings,
        functions=functions,
        landing=landing,
        trust=trust,
        migrations=migrations,
        generator=generator,
    )
    return stack
