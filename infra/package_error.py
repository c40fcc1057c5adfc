"""The error of those who put the functions' package together."""


class PackageError(Exception):
    """The package cannot be made as it must be. The message is one sentence that names the next step."""
