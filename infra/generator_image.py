"""The generator's image: built from the Dockerfile by whoever deploys, or one that is in a registry."""

import re
from pathlib import Path

from aws_cdk import IgnoreMode, Stack, aws_ecr, aws_ecr_assets, aws_ecs
from constructs import Construct

ECR = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/"
    r"(?P<name>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>.+))?"
)


def built_image(root: Path, base: str) -> aws_ecs.ContainerImage:
    """The image of generator/Dockerfile below `root`. Synthesised without Docker; a deploy builds and pushes it.

    base: the image it begins with, by its digest, or '' for the one that the Dockerfile names. It is part of the
    asset's hash, so another digest makes a new image.
    """
    return aws_ecs.ContainerImage.from_asset(
        str(root),
        file="generator/Dockerfile",
        platform=aws_ecr_assets.Platform.LINUX_ARM64,
        # .dockerignore leaves out all that the Dockerfile does not copy, so nothing else makes a new image. Docker
        # finds the Dockerfile even so, CDK would not.
        ignore_mode=IgnoreMode.DOCKER,
        exclude=["!generator/Dockerfile"],
        build_args={"BASE": base} if base else None,
    )


def image_at(address: str, scope: Construct) -> aws_ecs.ContainerImage:
    """The image at an address. From ECR the task's execution role gets the right to pull it, and no other image."""
    found = ECR.fullmatch(address)
    if found is None:
        return aws_ecs.ContainerImage.from_registry(address)
    repository = aws_ecr.Repository.from_repository_attributes(
        scope,
        "GeneratorRepository",
        repository_name=found["name"],
        repository_arn=Stack.of(scope).format_arn(
            service="ecr",
            account=found["account"],
            region=found["region"],
            resource="repository",
            resource_name=found["name"],
        ),
    )
    return aws_ecs.ContainerImage.from_ecr_repository(repository, found["digest"] or found["tag"] or "latest")


def pulled_from_ecr(address: str) -> bool:
    """Whether the image of that setting lies in ECR, as one that is built here does (no address)."""
    return not address or ECR.fullmatch(address) is not None
