"""The database that migrations make compares texts by their bytes, whatever the account's default is."""

from tests.migrations.sessions import Watched, run


def test_it_is_made_without_a_collation(warehouse, folder):
    watched = Watched(warehouse())
    run(watched, folder)
    (made,) = (command for command in watched.sent if command.startswith("CREATE DATABASE"))
    assert made.endswith("DEFAULT_DDL_COLLATION = ''")
