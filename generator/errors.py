"""The errors a user of the generator can meet: each message is one sentence that names the next step."""


class GeneratorError(Exception):
    """Something outside the settings failed: a folder, a bucket, a disk."""

    exit_code = 1


class SettingsError(GeneratorError):
    """What was asked for cannot be: a rate outside 0..1, a slot before the start, a bad S3 address."""

    exit_code = 2
