"""Users, roles, warehouses: what an administrator runs once. On one machine roles and warehouses have no effect."""

import pytest

from snowglobe.account.principal import User
from snowglobe.connection import Connection
from snowglobe.errors import ProgrammingError
from tests.snowglobe.support import run, value

ARN = "arn:aws:iam::123456789012:role/functions"
USER = f"CREATE USER IF NOT EXISTS u TYPE = SERVICE WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{ARN}') DEFAULT_ROLE = r"


def test_roles_and_warehouses_are_taken_and_mean_nothing(warehouse: Connection):
    statements = [
        "CREATE ROLE IF NOT EXISTS r COMMENT = 'x'",
        "CREATE DATABASE ROLE d",
        "CREATE WAREHOUSE w WITH WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 60 INITIALLY_SUSPENDED = TRUE",
        "CREATE OR ALTER WAREHOUSE w WITH WAREHOUSE_SIZE = XSMALL GENERATION = '1' ENABLE_QUERY_ACCELERATION = FALSE",
        "GRANT CREATE DATABASE, CREATE INTEGRATION ON ACCOUNT TO ROLE r",
        "GRANT EXECUTE TASK ON ACCOUNT TO ROLE r",
        "GRANT EXECUTE MANAGED TASK ON ACCOUNT TO ROLE r",
        "GRANT USAGE, OPERATE ON WAREHOUSE w TO ROLE r",
        "GRANT ROLE r TO ROLE sysadmin",
        "REVOKE USAGE ON DATABASE snowglobe FROM ROLE r",
        "DROP WAREHOUSE IF EXISTS w",
        "DROP ROLE r",
        "REVOKE CREATE DATABASE, CREATE INTEGRATION, EXECUTE TASK, EXECUTE MANAGED TASK ON ACCOUNT FROM ROLE r",
        "REVOKE USAGE, OPERATE ON WAREHOUSE w FROM ROLE r",
    ]
    run(warehouse, *statements, "USE ROLE r", "USE WAREHOUSE w")
    assert warehouse._session.rows("SELECT name FROM embedded.object") == []


@pytest.mark.parametrize("statement", ["CREATE ROLE r", "GRANT ROLE r TO ROLE s", "DROP WAREHOUSE w"])
def test_they_commit_as_all_ddl_does(warehouse: Connection, statement: str):
    run(warehouse, "CREATE TABLE t (a INT)", "BEGIN", "INSERT INTO t VALUES (1)", statement, "ROLLBACK")
    assert value(warehouse, "SELECT COUNT(*) FROM t") == 1


def test_a_file_that_has_kept_them_still_opens(warehouse: Connection, open_warehouse):
    """Grants, roles and warehouses once were kept as written."""
    kept = '{"name": "CREATE ROLE r", "statement": "CREATE ROLE r"}'
    warehouse._session.run("INSERT INTO embedded.object VALUES ('Recorded', 'CREATE ROLE r', ?)", [kept])
    run(warehouse, USER)
    warehouse.close()
    again = open_warehouse()
    run(again, "CREATE OR REPLACE ROLE r", "DROP ROLE r")
    assert [user.name for user in again.entries(User)] == ["u"]


def test_a_user_has_its_identity_and_the_roles_that_it_was_granted(warehouse: Connection, open_warehouse):
    run(warehouse, USER, "GRANT ROLE r TO USER u", "GRANT ROLE a TO USER u", "GRANT ROLE r TO USER u")
    run(warehouse, USER.replace("functions", "others"))
    warehouse.close()
    (user,) = open_warehouse().entries(User)
    assert (user.name, user.identity, user.roles, user.options["DEFAULT_ROLE"]) == ("u", ARN, ["a", "r"], "R")


def test_alter_user_gives_the_identity_later_and_changes_it(warehouse: Connection):
    run(warehouse, "CREATE USER u TYPE = SERVICE DEFAULT_WAREHOUSE = w", "GRANT ROLE r TO USER u")
    (user,) = warehouse.entries(User)
    assert user.identity == ""
    run(warehouse, f"ALTER USER u SET WORKLOAD_IDENTITY = (TYPE = AWS, ARN = '{ARN}')")
    run(warehouse, "ALTER USER IF EXISTS nobody SET COMMENT = 'x'")
    (user,) = warehouse.entries(User)
    assert (user.identity, user.roles, user.options["DEFAULT_WAREHOUSE"]) == (ARN, ["r"], "W")


def test_an_identity_is_one_users(warehouse: Connection):
    run(warehouse, USER, "CREATE USER v TYPE = SERVICE")
    altered = f"ALTER USER v SET WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{ARN}')"
    for statement in (USER.replace("EXISTS u", "EXISTS w"), altered):
        with pytest.raises(ProgrammingError, match="is that of the user U already"):
            run(warehouse, statement)
    run(warehouse, "DROP USER u", USER.replace("EXISTS u", "EXISTS w"), "DROP USER IF EXISTS u")
    assert [user.name for user in warehouse.entries(User)] == ["v", "w"]


def test_a_role_is_granted_to_a_user_that_is_there(warehouse: Connection):
    for statement in ("GRANT ROLE r TO USER nobody", "DROP USER nobody", "ALTER USER nobody SET COMMENT = 'x'"):
        with pytest.raises(ProgrammingError, match="User 'NOBODY' does not exist"):
            run(warehouse, statement)


def test_a_session_parameter_may_have_the_value_that_holds_anyhow(warehouse: Connection):
    run(
        warehouse,
        "ALTER SESSION SET TIMEZONE = 'UTC' AUTOCOMMIT = TRUE QUERY_TAG = 'x' STATEMENT_TIMEOUT_IN_SECONDS = 5",
    )
    assert value(warehouse, "SELECT 1") == 1
