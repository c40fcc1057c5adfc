"""The stack of one stage: who needs what from whom, and so in which order things come."""

from collections.abc import Callable
from pathlib import Path

from aws_cdk import CfnOutput, Environment, Fn, Stack, Tags, aws_ecs, aws_lambda
from constructs import Construct

from infra.acknowledged import accepted, acknowledge
from infra.functions import WarehouseFunctions
from infra.generator import Generator
from infra.generator_image import image_at
from infra.kept_messages import kept_messages
from infra.landing import Landing
from infra.migrations import Migrations
from infra.network import Network
from infra.observability import Observability
from infra.settings import Settings
from infra.warehouse_trust import WarehouseTrust


class CustomerTrackStack(Stack):
    """Handshake, then roles and topic policy, then bucket, then migrations, and the schedules last.

    generator: if it makes files of one of the dimensions.

    lambda_code: the package of all functions. built_image: what runs on the schedule, unless the settings name an
    image. sql: the folder of the migrations.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        lambda_code: aws_lambda.Code,
        built_image: Callable[[], aws_ecs.ContainerImage],
        sql: Path,
    ) -> None:
        # Before CDK is told where the stack is, which makes it ask for the zones.
        self._zones = _zones(settings)
        super().__init__(
            scope,
            settings.prefix,
            env=Environment(account=settings.aws_account, region=settings.aws_region) if settings.aws_account else None,
            tags=dict(settings.tags),
            termination_protection=settings.termination_protection,
            description=f"CustomerTrack, stage {settings.stage}: landing, trust with Snowflake, migrations, generator",
        )
        self.network = Network(self, "Network", settings=settings)
        self.functions = WarehouseFunctions(
            self, "Functions", settings=settings, network=self.network, code=lambda_code
        )
        self.landing = Landing(self, "Landing", settings=settings)
        self.trust = WarehouseTrust(self, "Trust", settings=settings, landing=self.landing, functions=self.functions)
        self.migrations = Migrations(
            self,
            "Migrations",
            settings=settings,
            landing=self.landing,
            trust=self.trust,
            functions=self.functions,
            sql=sql,
        )
        self.dead_letters = kept_messages(self, "DeadLetters", settings)
        self.generator = None
        if settings.generated:
            self.generator = Generator(
                self,
                "Generator",
                settings=settings,
                network=self.network,
                landing=self.landing,
                migrations=self.migrations,
                image=image_at(settings.generator_image, self) if settings.generator_image else built_image(),
                lambda_code=lambda_code,
                dead_letters=self.dead_letters,
            )
        self.observability = Observability(
            self,
            "Observability",
            settings=settings,
            functions=self.functions,
            landing=self.landing,
            trust=self.trust,
            migrations=self.migrations,
            generator=self.generator,
            dead_letters=self.dead_letters,
        )
        for key, value in settings.tags:
            Tags.of(self).add(key, value)
        acknowledge(
            accepted(
                self,
                settings=settings,
                network=self.network,
                functions=self.functions,
                landing=self.landing,
                trust=self.trust,
                migrations=self.migrations,
                generator=self.generator,
                dead_letters=self.dead_letters,
            )
        )
        self._tell(settings)

    @property
    def availability_zones(self) -> list[str]:
        """Those of the settings, or the first two of the region. CDK would look them up, where it knows the account."""
        return self._zones

    def _tell(self, settings: Settings) -> None:
        """The outputs: what a person looks for after a deploy. None is empty, which CloudFormation would refuse."""
        migrations = self.migrations.resource
        for name, value, what in (
            ("Database", settings.warehouse_name, "The database in Snowflake"),
            ("LandingUrl", self.landing.root, "Where files land, in a folder by the name of their dimension"),
            ("FunctionsRoleArn", self.functions.role.role_arn, "Who signs in to Snowflake"),
            ("DeadLetterQueue", self.dead_letters.queue_url, "Slots and watches that could not be started"),
            (
                "MigrationsApplied",
                f"applied: {migrations.get_att_string('Applied')}",
                "Files of sql/ applied by this deploy",
            ),
            (
                "PipeStatus",
                f"status: {migrations.get_att_string('PipeStatus')}",
                "SYSTEM$PIPE_STATUS after the migrations",
            ),
            (
                "StorageValidation",
                f"validation: {migrations.get_att_string('StorageValidation')}",
                "Whether Snowflake can read",
            ),
            (
                "MigrationWarnings",
                f"warnings: {migrations.get_att_string('Warnings')}",
                "What the migrations want to be known",
            ),
        ):
            CfnOutput(self, name, value=value, description=what)
        if self.generator:
            log_group = self.generator.log_group.log_group_name
            CfnOutput(self, "GeneratorLogGroup", value=log_group, description="What the generator says")
        if self.network.address:
            CfnOutput(self, "EgressAddress", value=self.network.address, description="What Snowflake sees us come from")


def _zones(settings: Settings) -> list[str]:
    if settings.availability_zones:
        return list(settings.availability_zones)
    return [Fn.select(number, Fn.get_azs()) for number in range(2)]
