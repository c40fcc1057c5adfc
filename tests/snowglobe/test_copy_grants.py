"""COPY GRANTS: where Snowflake's grammar has it, and nowhere else. Grants themselves allow nothing here."""

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import DatabaseError
from tests.snowglobe.support import run, value

SCALAR = "FUNCTION f(a INT) {} RETURNS INT LANGUAGE SQL AS $$ a + {} $$"


def test_a_function_that_is_replaced_may_keep_its_grants(warehouse: Connection):
    for number in (1, 2):
        run(warehouse, f"CREATE OR REPLACE {SCALAR.format('COPY GRANTS', number)}")
        assert value(warehouse, "SELECT f(1)") == 1 + number
    run(
        warehouse,
        "CREATE OR REPLACE FUNCTION g() COPY GRANTS RETURNS TABLE (a INT) LANGUAGE SQL AS $$ SELECT 7 AS a $$",
    )
    assert value(warehouse, "SELECT a FROM TABLE(g())") == 7


@pytest.mark.parametrize("create", ["CREATE", "CREATE OR ALTER"])
def test_one_that_is_not_replaced_has_none_to_keep(warehouse: Connection, create: str):
    with pytest.raises(DatabaseError, match="COPY"):
        run(warehouse, f"{create} {SCALAR.format('COPY GRANTS', 1)}")
