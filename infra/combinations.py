"""Settings that each could be, but not with one another."""

import re

from infra.checks import nearest
from infra.errors import SettingsError
from infra.settings import Settings

# Zones of a VPC that the stack makes; one is enough for a task, a third for nothing.
MOST_ZONES = 3


def check_together(settings: Settings) -> None:
    """Raises SettingsError, a sentence with the next step, for the first combination that cannot be."""
    _check_sign_in(settings)
    _check_place(settings)
    _check_network(settings)
    _check_generator(settings)
    _check_intervals(settings)


def _check_sign_in(settings: Settings) -> None:
    """Each of the two users has a key of its own, just if that is how they sign in."""
    for name in ("key_secret_arn", "watch_key_secret_arn"):
        if settings.sign_in == "key_pair" and not getattr(settings, name):
            raise SettingsError(f"sign_in is key_pair: give {name} too, the secret that holds the private key")
        if settings.sign_in != "key_pair" and getattr(settings, name):
            raise SettingsError(f"{name} is given, but sign_in is not key_pair: set it, or leave the secret out")
    if settings.key_secret_arn and settings.key_secret_arn == settings.watch_key_secret_arn:
        raise SettingsError(
            "key_secret_arn and watch_key_secret_arn are the same secret, so the watch could do what the deploy may: "
            "make a key pair and a secret for each"
        )


def _check_place(settings: Settings) -> None:
    """What names a region must name the same one: neither KMS nor the functions look into another."""
    if bool(settings.aws_account) != bool(settings.aws_region):
        raise SettingsError("aws_account and aws_region go together: give both, or none of them")
    regions = {
        "aws_region": settings.aws_region,
        "key_secret_arn": _region_of_arn(settings.key_secret_arn),
        "watch_key_secret_arn": _region_of_arn(settings.watch_key_secret_arn),
        "kms_key_arn": _region_of_arn(settings.kms_key_arn),
        **{f"availability_zones ({zone})": zone[:-1] for zone in settings.availability_zones},
    }
    named = {name: region for name, region in regions.items() if region}
    if len(set(named.values())) > 1:
        listed = ", ".join(f"{name} is in {region}" for name, region in named.items() if name != "aws_region")
        pinned = f"aws_region is {settings.aws_region}, but " if settings.aws_region else ""
        raise SettingsError(f"{pinned}{listed}: a stage is in one region, so give all of the same")


def _check_network(settings: Settings) -> None:
    if bool(settings.vpc_id) != bool(settings.subnet_ids) or (settings.vpc_id and not settings.availability_zones):
        raise SettingsError(
            "an existing VPC is not all given: give vpc_id, subnet_ids and availability_zones, or no vpc_id and no "
            "subnet_ids"
        )
    if settings.vpc_id and len(settings.subnet_ids) != len(settings.availability_zones):
        raise SettingsError(
            f"there are {len(settings.subnet_ids)} subnet_ids and {len(settings.availability_zones)} "
            "availability_zones: give the zone of each subnet, in the same order"
        )
    if not settings.vpc_id and len(set(settings.availability_zones)) > MOST_ZONES:
        raise SettingsError(
            f"there are {len(settings.availability_zones)} availability_zones: a VPC of the stack's own needs no more "
            f"than {MOST_ZONES}, so give that many or fewer"
        )
    if settings.functions_in_vpc and not settings.private_subnets:
        raise SettingsError(
            "functions_in_vpc is true, but private_subnets is not: a function in a public subnet reaches nothing, so "
            "set private_subnets too (with vpc_id, subnet_ids must then be private ones with a way out)"
        )


def _check_generator(settings: Settings) -> None:
    """A slot holds changes up to its end, and its file lands soon after its start."""
    if settings.generated and settings.generate and settings.clock_skew_hours * 60 < settings.interval_minutes:
        least = -(-settings.interval_minutes // 60)
        raise SettingsError(
            f"clock_skew_hours is {settings.clock_skew_hours} and interval_minutes {settings.interval_minutes}: the "
            "generator's rows lie up to an interval ahead of their file, and would be rejects; give clock_skew_hours "
            f"at least {least}, or set generate to false"
        )
    if settings.generator_image and settings.base_image:
        raise SettingsError(
            "generator_image and base_image are both given: an image that is in a registry is not built, so leave one "
            "of them out"
        )


def _check_intervals(settings: Settings) -> None:
    for name, _ in settings.intervals:
        if name not in settings.dimensions:
            raise SettingsError(
                f"intervals names {name}, which is not among the dimensions: {nearest(name, settings.dimensions)}"
            )


def _region_of_arn(arn: str) -> str:
    return arn.split(":")[3] if re.match("arn:", arn) else ""
