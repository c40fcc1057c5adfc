"""What is said otherwise for DuckDB's planner gives what DuckDB gives to the plain words."""

import duckdb
import pytest

from snowglobe.query.translate import translate

FIVE = "'I', 'U', 'C', 'R', 'D'"


@pytest.mark.parametrize(
    ("selected", "shown"),
    [
        (f"a IN ({FIVE})", "CASE"),
        (f"UPPER(a) NOT IN ({FIVE})", "CASE"),
        (f"COALESCE(a IN ({FIVE}), FALSE)", "CASE"),
        ("NULLIF(a, '')", "CASE"),
        ("NULLIF(a, b)", "CASE"),
        (f"a || b IN ({FIVE})", " IN "),
        ("a IN ('I', 'U')", " IN "),
        ("NULLIF(a || b, 'II')", "NULLIF"),
    ],
)
def test_it_gives_the_same(selected: str, shown: str):
    with duckdb.connect() as duck:
        duck.execute("CREATE TABLE t (n INTEGER, a VARCHAR, b VARCHAR)")
        texts = [None, "", "I", "d", "D", "ID", "x"]
        for number, (a, b) in enumerate((a, b) for a in texts for b in texts):
            duck.execute("INSERT INTO t VALUES (?, ?, ?)", [number, a, b])
        sql = translate(f"SELECT {selected} AS found FROM t ORDER BY n", frozenset(), small=True).sql
        assert shown in sql
        plain = duck.execute(f"SELECT {selected} FROM t ORDER BY n").fetchall()
        assert duck.execute(sql).fetchall() == plain
        assert len(set(plain)) > 1


def test_a_condition_stays_what_a_scan_can_take():
    sql = translate(f"SELECT a FROM t WHERE a IN ({FIVE})", frozenset(), small=True).sql
    assert "CASE" not in sql
