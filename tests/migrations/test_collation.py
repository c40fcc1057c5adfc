"""The database and the schema that migrations make compare texts by their bytes, whatever the account's default is."""

from tests.migrations.sessions import Watched, run


def test_it_is_made_without_a_collation(warehouse, folder):
    watched = Watched(warehouse())
    run(watched, folder)
    assert [command for command in watched.sent if command.endswith("DEFAULT_DDL_COLLATION = ''")] == [
        """CREATE DATABASE IF NOT EXISTS "CT" DEFAULT_DDL_COLLATION = ''""",
        """CREATE SCHEMA IF NOT EXISTS "CT"."MIGRATIONS" DEFAULT_DDL_COLLATION = ''""",
    ]
