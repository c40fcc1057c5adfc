"""What stands behind s3:// URLs: folders of this machine, and beyond them the cloud, through a storage integration."""

from collections.abc import Iterator, Mapping

from snowglobe.catalog import Catalog, Stage, StorageIntegration
from snowglobe.errors import NotSupportedError, ProgrammingError, does_not_exist
from snowglobe.storage.bucket import Bucket, Cloud, Role


class Buckets:
    """The buckets of a warehouse, by the host names of URLs.

    A folder stands for a bucket that needs no role, so a storage integration that is only named is good enough there.
    Everything else is as in Snowflake: the integration must exist, be enabled and allow the location.
    """

    def __init__(self, folders: Mapping[str, Bucket], cloud: Cloud | None, catalog: Catalog) -> None:
        self._folders = folders
        self._cloud = cloud
        self._catalog = catalog

    def __contains__(self, name: str) -> bool:
        return bool(name) and (name in self._folders or self._cloud is not None)

    def is_folder(self, name: str) -> bool:
        """Whether it is one of this machine."""
        return name in self._folders

    def __iter__(self) -> Iterator[str]:
        return iter(self._folders)

    def reached_by(self, stage: Stage) -> Bucket:
        """The bucket of a stage, through the stage's integration. Raises ProgrammingError if it does not let it."""
        integration = self.check(stage)
        if stage.bucket in self._folders:
            return self._folders[stage.bucket]
        if integration is None:
            raise does_not_exist("INTEGRATION", integration_of(stage))
        return self.through(integration, stage.bucket)

    def user(self, purpose: str) -> str:
        """The ARN of the user of AWS that Snowflake acts as. Made up where there is no cloud, and then for each purpose
        another, so that no two of them are taken for each other.
        """
        return self._cloud.user if self._cloud else f"arn:aws:iam::123456789001:user/embedded-{purpose}"

    def check(self, stage: Stage) -> StorageIntegration | None:
        """The integration of a stage, or None of one on a folder that only names it. Raises ProgrammingError."""
        if not stage.bucket:
            own = stage.name.partition(".")[2].upper()
            message = f"The embedded warehouse loads from external stages alone, and {own} is an internal one"
            raise NotSupportedError(message, 2, "0A000")
        named = integration_of(stage)
        integration = self._catalog.get(StorageIntegration, named.lower())
        if integration is None:
            if stage.bucket in self._folders:
                return None
            raise does_not_exist("INTEGRATION", named)
        check_location(integration, f"s3://{stage.bucket}/{stage.prefix}")
        return integration

    def through(self, integration: StorageIntegration, name: str) -> Bucket:
        """A bucket through an integration. Raises ProgrammingError if its role cannot be assumed (errno 3167)."""
        if name in self._folders or self._cloud is None:
            return self._folders[name]
        try:
            return self._cloud.bucket(name, Role(integration.role_arn, integration.external_id))
        except OSError as error:
            raise ProgrammingError(f"Error assuming AWS_ROLE: {error.strerror or error}", 3167, "42601") from error


def integration_of(stage: Stage) -> str:
    """The name of the storage integration that a stage names, or ''."""
    return str(stage.options.get("STORAGE_INTEGRATION", ""))


def check_location(integration: StorageIntegration, url: str) -> None:
    """Raise ProgrammingError unless the integration is enabled and allows the location."""
    name = integration.name.upper()
    if not integration.enabled:
        raise ProgrammingError(f"Integration '{name}' is not enabled.", 3126, "42601")
    if not _within(url, integration.allowed) or _within(url, integration.blocked):
        message = (
            f"Location '{url}' is not allowed by integration {name}. "
            "Please use DESC INTEGRATION to check out allowed and blocked locations."
        )
        raise ProgrammingError(message, 3127, "42601")


def _within(url: str, locations: list[str]) -> bool:
    return any(
        location == "*" or f"{url.rstrip('/')}/".startswith(f"{location.rstrip('/')}/") for location in locations
    )
