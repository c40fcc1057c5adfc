"""The exceptions of the embedded connection: the part of snowflake.connector.errors that callers look at (PEP 249).

A caller that catches by class and reads `errno` and `sqlstate` cannot tell which of the two warehouses raised.
"""

UNKNOWN_ERRNO = -1
UNKNOWN_SQLSTATE = "n/a"


class Error(Exception):
    """The root of all errors of a connection.

    `msg` is the sentence alone, `errno` Snowflake's error number (-1: none known), `sqlstate` five characters ("n/a":
    none known), `sfqid` the id of the query that failed, if one ran. As a string it reads as the connector prints it:
    "100038 (22018): Numeric value 'x' is not recognized".
    """

    def __init__(
        self, msg: str, errno: int = UNKNOWN_ERRNO, sqlstate: str = UNKNOWN_SQLSTATE, sfqid: str | None = None
    ) -> None:
        super().__init__(msg)
        self.msg = msg
        self.errno = errno
        self.sqlstate = sqlstate
        self.sfqid = sfqid

    @property
    def raw_msg(self) -> str:
        """The sentence alone: the connector's `msg` has the numbers before it."""
        return self.msg

    def __str__(self) -> str:
        if self.errno == UNKNOWN_ERRNO:
            return self.msg
        if self.sqlstate == UNKNOWN_SQLSTATE:
            return f"{self.errno:06d}: {self.msg}"
        return f"{self.errno:06d} ({self.sqlstate}): {self.msg}"


class InterfaceError(Error):
    """The connection or cursor was used wrongly, as after its close."""


class DatabaseError(Error):
    """Something about the database went wrong."""


class OperationalError(DatabaseError):
    """The database could not work: its file is locked, the disk is full."""


class OutOfMemory(OperationalError):  # noqa: N818  what happened is its name
    """A statement needs more memory than the warehouse may hold, and cannot do with the disk instead."""


class ConnectionLost(OperationalError):  # noqa: N818  what happened is its name
    """Whoever read the file for this connection has ended, or had to let go of it: ask again, on a new connection."""

    def __init__(self, msg: str) -> None:
        super().__init__(msg, 250003, "08001")


class ProgrammingError(DatabaseError):
    """A statement is wrong, or failed on the data it met."""


class NotSupportedError(DatabaseError):
    """A statement that Snowflake may know and the embedded warehouse does not."""


def does_not_exist(kind: str, name: str) -> ProgrammingError:
    """Snowflake's error for a missing object: errno 2003, sqlstate 42S02 of a table or view, else 02000."""
    sqlstate = "42S02" if kind.upper() in ("TABLE", "VIEW") else "02000"
    return ProgrammingError(f"{kind.capitalize()} '{name.upper()}' does not exist or not authorized.", 2003, sqlstate)


def already_exists(name: str) -> ProgrammingError:
    """Snowflake's error for a name that is taken: errno 2002, sqlstate 42710."""
    return ProgrammingError(f"Object '{name.upper()}' already exists.", 2002, "42710")
