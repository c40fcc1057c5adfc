"""What the parser makes of procedure bodies."""

from decimal import Decimal
from typing import Any

import pytest

from snowglobe.scripting.parser import parse
from snowglobe.scripting.tree import (
    Assignment,
    Block,
    Computed,
    Concatenation,
    If,
    Literal,
    Query,
    Raise,
    Reference,
    Return,
    SelectInto,
    Sql,
    Transaction,
)


def only(statement) -> Any:
    """The one statement of a block, on line 3 of its body."""
    (found,) = parse(f"DECLARE a NUMBER; b VARCHAR;\nBEGIN\n  {statement}\nEND;", ("v", "w")).block.body
    return found


def names(binds):
    return [variable.name for variable in binds]


BINDS = [
    ("INSERT INTO t VALUES (:v, :w, :V)", "INSERT INTO t VALUES (?, ?, ?)", ["V", "W", "V"]),
    ("DELETE FROM t WHERE x = :v", "DELETE FROM t WHERE x = ?", ["V"]),
    ("DELETE FROM t WHERE x=:v", "DELETE FROM t WHERE x= ?", ["V"]),
    ("UPDATE t SET x = :v::DATE", "UPDATE t SET x = ? ::DATE", ["V"]),
    ("UPDATE t SET x = y::DATE, z = :w", "UPDATE t SET x = y::DATE, z = ?", ["W"]),
    ("UPDATE t SET x = :v||:w", "UPDATE t SET x = ? || ?", ["V", "W"]),
    ("DELETE FROM t WHERE x = ':v' AND y = $$ :w ; $$", "DELETE FROM t WHERE x = ':v' AND y = $$ :w ; $$", []),
    ('DELETE FROM t WHERE ":v" = 1 /* :w ; */', 'DELETE FROM t WHERE ":v" = 1', []),
    ("DELETE FROM t -- :v; it's\n WHERE x = 1", "DELETE FROM t -- :v; it's\n WHERE x = 1", []),
    ("DELETE FROM straße WHERE ü = 'ä' AND x = :v", "DELETE FROM straße WHERE ü = 'ä' AND x = ?", ["V"]),
    ("CALL other(:v, 'x;y')", "CALL other(?, 'x;y')", ["V"]),
    ("EXECUTE TASK refresh", "EXECUTE TASK refresh", []),
    ("SELECT x FROM t LIMIT :v", "SELECT x FROM t LIMIT ?", ["V"]),
    ("INSERT INTO log VALUES (:SQLERRM, :sqlcode)", "INSERT INTO log VALUES (?, ?)", ["SQLERRM", "SQLCODE"]),
    (
        "INSERT INTO t SELECT CASE WHEN x THEN 1 END FROM u QUALIFY 1 = 1",
        "INSERT INTO t SELECT CASE WHEN x THEN 1 END FROM u QUALIFY 1 = 1",
        [],
    ),
]


@pytest.mark.parametrize(("statement", "sql", "binds"), BINDS)
def test_sql_is_kept_as_written_but_for_binds(statement, sql, binds):
    found = only(f"{statement};")
    assert isinstance(found, Sql)
    assert found.sql == sql
    assert names(found.binds) == binds
    assert (found.line, found.position) == (3, 2)


@pytest.mark.parametrize(
    ("statement", "changes_rows"),
    [
        ("INSERT INTO t SELECT 1", True),
        ("update t set x = 1", True),
        ("DELETE FROM t", True),
        ("MERGE INTO t USING u ON t.x = u.x WHEN MATCHED THEN DELETE", True),
        ("SELECT 1", False),
        ("TRUNCATE TABLE t", False),
        ("CREATE TABLE t (x INT)", False),
        ("CALL other()", False),
    ],
)
def test_only_dml_sets_the_row_count(statement, changes_rows):
    found = only(f"{statement};")
    assert isinstance(found, Sql)
    assert found.changes_rows is changes_rows


@pytest.mark.parametrize(
    ("statement", "begins"),
    [
        ("BEGIN TRANSACTION", True),
        ("begin work", True),
        ("BEGIN", True),
        ("BEGIN NAME t1", True),
        ("BEGIN TRANSACTION NAME t1", True),
        ("START TRANSACTION", True),
        ("COMMIT", False),
        ("COMMIT WORK", False),
        ("ROLLBACK", False),
    ],
)
def test_transactions(statement, begins):
    assert only(f"{statement};") == Transaction(statement, begins, 3, 2)


def test_begin_with_anything_else_is_a_block():
    block = only("BEGIN COMMIT; END;")
    assert block == Block((), (Transaction("COMMIT", False, 3, 8),), ())


INTO = [
    ("SELECT x, y INTO :a, :b FROM t WHERE z = :v", "SELECT x, y  FROM t WHERE z = ?", ["A", "B"], ["V"]),
    ("SELECT COUNT(*), :w INTO a FROM t", "SELECT COUNT(*), ?  FROM t", ["A"], ["W"]),
    ("SELECT 1 INTO :A", "SELECT 1 ", ["A"], []),
    (
        "WITH c AS (SELECT x FROM t WHERE y = :v) SELECT MAX(x) INTO :a FROM c",
        "WITH c AS (SELECT x FROM t WHERE y = ?) SELECT MAX(x)  FROM c",
        ["A"],
        ["V"],
    ),
    ("SELECT EXTRACT(YEAR FROM d) INTO :a FROM t", "SELECT EXTRACT(YEAR FROM d)  FROM t", ["A"], []),
]


@pytest.mark.parametrize(("statement", "sql", "targets", "binds"), INTO)
def test_select_into(statement, sql, targets, binds):
    found = only(f"{statement};")
    assert isinstance(found, SelectInto)
    assert (found.sql, names(found.targets), names(found.binds)) == (sql, targets, binds)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1", 1),
        ("-20", -20),
        ("(((7)))", 7),
        ("1.50", Decimal("1.50")),
        ("-1.5", Decimal("-1.5")),
        ("1e3", 1000.0),
        ("'it''s; :v'", "it's; :v"),
        ("'V'", "V"),
        ("''", ""),
        ("true", True),
        ("NULL", None),
    ],
)
def test_literals_need_no_query(expression, value):
    found = only(f"RETURN {expression};")
    assert found == Return(Literal(value), 3, 2)
    assert type(found.expression.value) is type(value)


@pytest.mark.parametrize("expression", ["a", "A", ":a", "(:A)", '"A"'])
def test_a_variable_needs_no_query(expression):
    found = only(f"RETURN {expression};")
    assert isinstance(found.expression, Reference)
    assert found.expression.variable.name == "A"


QUERIES = [
    ("a + 1", "SELECT ? + 1", ["A"]),
    ("a+:b", "SELECT ? + ?", ["A", "B"]),
    ("COUNT(a)", "SELECT COUNT(?)", ["A"]),
    ("a::VARCHAR", "SELECT ? ::VARCHAR", ["A"]),
    ("CAST(a AS NUMBER(3, 1))", "SELECT CAST(? AS NUMBER(3, 1))", ["A"]),
    ("CASE WHEN a > 1 THEN 'x' ELSE b END", "SELECT CASE WHEN ? > 1 THEN 'x' ELSE ? END", ["A", "B"]),
    ("a IS NOT NULL AND NOT b LIKE 'x%'", "SELECT ? IS NOT NULL AND NOT ? LIKE 'x%'", ["A", "B"]),
    ("DATEDIFF(day, a, CURRENT_TIMESTAMP())", "SELECT DATEDIFF(day, ?, CURRENT_TIMESTAMP())", ["A"]),
    ("DATE '2020-01-01'", "SELECT DATE '2020-01-01'", []),
    ("util.fn(a)", "SELECT util.fn(?)", ["A"]),
    ("(SELECT MAX(a) FROM t WHERE b = :b AND c = d.e)", "SELECT (SELECT MAX(a) FROM t WHERE b = ? AND c = d.e)", ["B"]),
    ("a + (SELECT MAX(a) FROM t)", "SELECT ? + (SELECT MAX(a) FROM t)", ["A"]),
    ("'a\\'b'", "SELECT 'a\\'b'", []),
    ("GREATEST(SQLROWCOUNT, 1)", "SELECT GREATEST(?, 1)", ["SQLROWCOUNT"]),
]


@pytest.mark.parametrize(("expression", "sql", "binds"), QUERIES)
def test_other_expressions_become_queries(expression, sql, binds):
    found = only(f"RETURN {expression};")
    query = found.expression.query if isinstance(found.expression, Computed) else found.expression
    assert isinstance(query, Query)
    assert (query.sql, names(query.binds)) == (sql, binds)


def test_operations_and_joined_text_can_do_without_a_query():
    compared = only("IF (a != :w) THEN NULL; END IF;")
    assert isinstance(compared, If)
    condition = compared.branches[0].condition
    assert isinstance(condition, Computed)
    assert condition.operation.operator == "NEQ"
    assert (condition.query.sql, names(condition.query.binds)) == ("SELECT ? != ?", ["A", "W"])
    joined = only("RETURN 'n = ' || a || 1;").expression
    assert isinstance(joined, Concatenation)
    assert joined.parts[0] == Literal("n = ")
    assert joined.parts[2] == Literal(1)
    assert joined.query.sql == "SELECT 'n = ' || ? || 1"


def test_an_operation_with_anything_else_in_it_is_a_query():
    for condition in ("a / 2 > 0", "a > 1.5", "a = 'x'", "a IN (1, 2)", "ABS(a) > 0", "a > (SELECT 1)", "a IS TRUE"):
        assert isinstance(only(f"IF ({condition}) THEN NULL; END IF;").branches[0].condition, Query)


def test_if_with_all_its_branches():
    body = "IF (a > 1) THEN COMMIT; ELSEIF (CASE WHEN TRUE THEN TRUE END) THEN NULL; ELSE ROLLBACK; END IF;"
    found = only(body)
    assert [len(branch.body) for branch in found.branches] == [1, 0]
    assert [(branch.line, branch.position) for branch in found.branches] == [(3, 2), (3, 2 + body.index("ELSEIF"))]
    assert found.otherwise == (Transaction("ROLLBACK", False, 3, 2 + body.index("ROLLBACK")),)


def test_declarations_and_let():
    body = """
        DECLARE
            plain NUMBER(10, 2);
            started TIMESTAMP_NTZ DEFAULT SYSDATE();
            text VARCHAR(5) := 'x';
            guessed DEFAULT plain;
            wrong EXCEPTION (-20001, 'It''s wrong');
            bare EXCEPTION;
        BEGIN
            LET n INTEGER := 1;
            LET m INTEGER DEFAULT n;
            LET k := m;
            k := n;
            RAISE wrong;
        EXCEPTION
            WHEN wrong OR bare OR STATEMENT_ERROR THEN RAISE;
            WHEN OTHER THEN NULL;
        END;
    """
    block = parse(body).block
    declared = [(statement.variable.name, statement.variable.type) for statement in block.declarations]
    assert [(name, kind.name if kind else None) for name, kind in declared] == [
        ("STARTED", "TIMESTAMP_NTZ"),
        ("TEXT", "VARCHAR(5)"),
        ("GUESSED", None),
    ]
    *_, assignment, raised = block.body
    assert isinstance(assignment, Assignment)
    assert assignment.variable.name == "K"
    assert isinstance(raised, Raise)
    assert raised.exception is not None
    assert (raised.exception.name, raised.exception.number, raised.exception.message) == ("WRONG", -20001, "It's wrong")
    first, second = block.handlers
    assert [getattr(caught, "number", caught) for caught in first.catches] == [-20001, -20000, "STATEMENT_ERROR"]
    assert (second.catches, second.body) == (("OTHER",), ())
    assert isinstance(first.body[0], Raise)
    assert first.body[0].exception is None


def test_the_result_is_a_value():
    body = "BEGIN LET n := 1; IF (n > v) THEN RETURN 'x' || n; END IF; DELETE FROM t WHERE x = :v; END"
    assert parse(body, ("v",)) == parse(body, ("V",))
    assert hash(parse(body, ("v",))) == hash(parse(body, ("V",)))
    assert parse(body, ("v",)) != parse(body.replace("'x'", "'y'"), ("v",))


def test_each_handler_and_branch_has_names_of_its_own():
    branches = "IF (v = 1) THEN LET n := 1; ELSEIF (v = 2) THEN LET n := 2; ELSE LET n := 3; END IF;"
    body = f"BEGIN {branches} EXCEPTION WHEN STATEMENT_ERROR THEN LET n := 4; WHEN OTHER THEN LET n := 5; END"
    assert parse(body, ("v",)).slots == parse("BEGIN NULL; END", ("v",)).slots + 5


def test_an_inner_name_hides_an_outer_one():
    body = "BEGIN LET n := 1; BEGIN LET n := 2; DELETE FROM t WHERE x = :n; END; DELETE FROM t WHERE x = :n; END"
    _, inner, delete = parse(body).block.body
    assert isinstance(inner, Block)
    inner_delete = inner.body[1]
    assert isinstance(inner_delete, Sql)
    assert isinstance(delete, Sql)
    assert inner_delete.binds[0].slot != delete.binds[0].slot
