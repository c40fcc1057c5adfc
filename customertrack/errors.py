"""The two errors a user can meet.

Each is one sentence that names the next step; the command line prints it without a traceback.
"""


class UserError(Exception):
    """Something could not be done: bad input, a broken file, an offence found. The command ends with exit code 1."""

    exit_code = 1


class UsageError(UserError):
    """The command was called wrongly. Nothing was done; the command ends with exit code 2."""

    exit_code = 2
