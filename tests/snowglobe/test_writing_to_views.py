"""A view takes no rows, whatever the statement."""

import pytest

from snowglobe import Connection, errors
from tests.snowglobe.support import rows, run


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO v SELECT * FROM v",
        "INSERT OVERWRITE INTO v SELECT * FROM v",
        "INSERT ALL INTO v SELECT a FROM v",
        "UPDATE v SET a = 1",
        "DELETE FROM v",
        "MERGE INTO v USING t ON v.a = t.a WHEN MATCHED THEN DELETE",
    ],
)
def test_the_error_says_what_the_view_shows(landing: Connection, statement: str):
    run(landing, "CREATE TABLE t (a NUMBER)")
    run(landing, "INSERT INTO t VALUES (1)")
    run(landing, "CREATE VIEW v AS SELECT a FROM t")
    with pytest.raises(errors.ProgrammingError, match=r"v is a view, which takes no rows. It shows \S+[.]t: "):
        run(landing, statement)
    assert rows(landing, "SELECT a FROM t") == [(1,)]
