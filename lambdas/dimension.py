"""A dimension as the functions know it: what its objects in Snowflake are called, and where its files land."""

import re
from dataclasses import dataclass

from customertrack.errors import UserError

# All dimensions are in one schema.
SCHEMA = "DIMENSION"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PIPE = re.compile(r"(.+)_S3_PIPE")
# What a task is for is one word.
_TASK = re.compile(r"(.+)_[A-Z]+_TASK")


@dataclass(frozen=True)
class Dimension:
    """`name`: as in the name of its definition. Names of objects are in upper case, as Snowflake shows them.

    Raises UserError if it cannot be the name of one: it stands in statements as it is.
    """

    name: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UserError(f"{self.name!r} is no name of a dimension; deploy a stack made by `make synth`")

    @property
    def pipe(self) -> str:
        """What loads its files."""
        return f"{self.name}_S3_PIPE".upper()

    @property
    def stage(self) -> str:
        """Where the pipe finds them."""
        return f"{self.name}_EXT_STAGE".upper()

    def landing(self, root: str) -> str:
        """Where they land; `root`: the folder of all dimensions, with a slash at its end."""
        return f"{root}{self.name}/"

    def script(self, file: str) -> str:
        """A file of its folder in sql/, as the migrations call it."""
        return f"{self.name}/{file}"


def of_pipe(pipe: str) -> str | None:
    """The name of the dimension that a pipe is of, by the pipe's name; None if it is of none."""
    return _named(_PIPE, pipe)


def of_task(task: str) -> str | None:
    """The name of the dimension that a task is of, by the task's name; None if it is of none."""
    return _named(_TASK, task)


def _named(pattern: re.Pattern[str], name: str) -> str | None:
    found = pattern.fullmatch(name.upper())
    return found[1].lower() if found else None
