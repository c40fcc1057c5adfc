"""Where the runner keeps its own records: in a schema of the database it migrates."""

from dataclasses import dataclass

from customertrack.sqltext.identifiers import qualify, quote
from customertrack.warehouse import Connection

DEFAULT_SCHEMA = "MIGRATIONS"

_HISTORY_COLUMNS = """
    VERSION VARCHAR,
    DESCRIPTION VARCHAR,
    SCRIPT VARCHAR,
    SCRIPT_TYPE VARCHAR,
    CHECKSUM VARCHAR,
    EXECUTION_TIME NUMBER(38,0),
    STATUS VARCHAR,
    INSTALLED_BY VARCHAR,
    INSTALLED_ON TIMESTAMP_NTZ(6),
    STATEMENTS_APPLIED NUMBER(38,0),
    ERROR VARCHAR
"""
_LEASE_COLUMNS = """
    NAME VARCHAR,
    HOLDER VARCHAR,
    EXPIRES_AT TIMESTAMP_NTZ(6)
"""


@dataclass(frozen=True)
class Tables:
    """The names of the two tables, quoted."""

    database: str
    schema: str = DEFAULT_SCHEMA

    @property
    def history(self) -> str:
        """schemachange's CHANGE_HISTORY with two columns more: STATEMENTS_APPLIED and ERROR."""
        return qualify(self.database, self.schema, "CHANGE_HISTORY")

    @property
    def lease(self) -> str:
        """One row: who may run migrations, and until when unless renewed."""
        return qualify(self.database, self.schema, "LEASE")


def make(connection: Connection, tables: Tables) -> None:
    """Make the database, the schema, both tables and the row of the lease, as far as they are missing."""
    cursor = connection.cursor()
    # The account may have a collation, which its databases inherit, and under which REGEXP_LIKE is an error.
    cursor.execute(f"CREATE DATABASE IF NOT EXISTS {quote(tables.database)} DEFAULT_DDL_COLLATION = ''")
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {qualify(tables.database, tables.schema)}")
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {tables.history} ({_HISTORY_COLUMNS})")
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {tables.lease} ({_LEASE_COLUMNS})")
    cursor.execute(
        f"MERGE INTO {tables.lease} AS lease USING (SELECT 'migrations' AS NAME) AS wanted ON lease.NAME = wanted.NAME "
        "WHEN NOT MATCHED THEN INSERT (NAME) VALUES (wanted.NAME)"
    )
