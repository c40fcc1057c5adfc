"""The one error that a person meets before CloudFormation is asked."""


class SettingsError(Exception):
    """A setting is missing, unknown or cannot be. The message is one sentence that names the next step."""
