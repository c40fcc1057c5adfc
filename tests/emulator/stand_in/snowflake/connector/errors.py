"""The driver's exceptions: those of the embedded warehouse, and the names beside them that callers may catch."""

from snowglobe.errors import (
    DatabaseError,
    Error,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)


class DataError(DatabaseError):
    """As in the driver; never raised here."""


class IntegrityError(DatabaseError):
    """As in the driver; never raised here."""


class InternalError(DatabaseError):
    """As in the driver; never raised here."""


class HttpError(Error):
    """As in the driver; never raised here."""


class ForbiddenError(DatabaseError):
    """As in the driver; never raised here."""


__all__ = [
    "DataError",
    "DatabaseError",
    "Error",
    "ForbiddenError",
    "HttpError",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
]
