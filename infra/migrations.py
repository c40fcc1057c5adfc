"""The objects in Snowflake: a custom resource that applies sql/, again whenever sql/ changed."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from aws_cdk import Aws, CustomResource, Duration
from constructs import Construct

from infra.administrator import console_statements, statements
from infra.console_app import app_hash
from infra.functions import MIGRATE, WarehouseFunctions
from infra.landing import Landing
from infra.provider import provider
from infra.settings import Settings
from infra.sql_files import migrations
from infra.warehouse_trust import WarehouseTrust


class Migrations(Construct):
    """Applies the files of sql/ once Snowflake may read the bucket and listen to the topic.

    function: the handler. resource: the custom resource. feed_start: when the generator's feed begins, in UTC as ISO
    text; once it has begun, destroy and deploy do not change it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        landing: Landing,
        trust: WarehouseTrust,
        functions: WarehouseFunctions,
        sql: Path,
    ) -> None:
        super().__init__(scope, construct_id)
        # The provider's framework, which waits for it, is stopped after 15 minutes.
        self.function = functions.function(self, MIGRATE, timeout=Duration.minutes(14))
        self.resource = CustomResource(
            self,
            "Sql",
            resource_type="Custom::SqlMigrations",
            service_token=provider(
                self, handler=self.function, settings=settings, network=functions.network
            ).service_token,
            service_timeout=Duration.minutes(16),
            properties=_properties(settings, landing, trust, sql),
        )
        # CREATE PIPE subscribes to the topic, and what landed before is loaded at once.
        self.resource.node.add_dependency(
            landing.topic_policy, landing.bucket, landing.announced, trust.read_role, trust.error_role
        )
        self.feed_start = self.resource.get_att_string("FeedStart")


def sql_hash(folder: Path, dimensions: Sequence[str]) -> str:
    """A hash of the names and contents of the migrations in `folder` that these dimensions have applied."""
    digest = sha256()
    for path in migrations(folder, dimensions):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _properties(settings: Settings, landing: Landing, trust: WarehouseTrust, sql: Path) -> dict[str, Any]:
    return {
        "Database": settings.warehouse_name,
        "Dimensions": list(settings.dimensions),
        "Generated": list(settings.generated),
        "Variables": {
            "database": settings.warehouse_name,
            "landing_root": landing.root,
            "topic_arn": landing.topic.topic_arn,
            "storage_integration": trust.storage_integration,
            "error_integration": trust.error_integration,
            "watch_role": settings.watch_name,
            "clock_skew_hours": str(settings.clock_skew_hours),
        },
        # A change of the files alone would not make CloudFormation call the handler.
        "SqlHash": sql_hash(sql, settings.dimensions),
        "StorageIntegration": trust.storage_integration,
        "AdministratorStatements": statements(settings.stage, Aws.ACCOUNT_ID, Aws.PARTITION, settings.sign_in),
        "Revision": settings.warehouse_revision,
        **_console(settings, sql.parent),
    }


def _console(settings: Settings, root: Path) -> dict[str, Any]:
    """Who owns the console, what an administrator runs for it, and a hash of its files, since a change of them alone
    would not make CloudFormation call the handler.
    """
    if not settings.console:
        return {}
    return {
        "ConsoleRole": settings.console_name,
        "ConsoleStatements": console_statements(settings.stage),
        "ConsoleHash": app_hash(root, settings.dimensions),
    }
