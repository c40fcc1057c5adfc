"""Stands in for snowflake.connector: the account of Snowflake is a folder, its warehouse the embedded one.

Which folder says the environment variable CUSTOMERTRACK_STAND_IN_ACCOUNT of the emulator's process; see
tests/emulator/account.py.
"""

import os
from pathlib import Path
from typing import Any

from snowflake.connector import errors
from snowflake.connector.errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from snowglobe import Connection as SnowflakeConnection
from tests.emulator.account import Account

apilevel = "2.0"
threadsafety = 2
paramstyle = "pyformat"


def connect(**kwargs: Any) -> SnowflakeConnection:
    """Sign in as the real driver does, by the identity that the process has in AWS."""
    account = Account(Path(os.environ["CUSTOMERTRACK_STAND_IN_ACCOUNT"]))
    return account.connect({"paramstyle": paramstyle, **kwargs})


__all__ = [
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "SnowflakeConnection",
    "connect",
    "errors",
]
