"""What a parsed procedure does with statements, variables and values."""

from datetime import date

import pytest

from snowglobe.errors import ProgrammingError
from snowglobe.scripting.frame import Outcome
from snowglobe.scripting.parser import parse
from snowglobe.scripting.run import run
from tests.snowglobe.scripting.recorder import Recorder, call


def test_statements_run_in_order_with_their_binds():
    executor = Recorder()
    body = "BEGIN BEGIN TRANSACTION; DELETE FROM t WHERE x = :a AND y = :B AND z = :a; CALL p(:b); COMMIT; END;"
    assert call(body, executor, a=1, b="x") is None
    assert executor.asked == [
        ("BEGIN TRANSACTION", []),
        ("DELETE FROM t WHERE x = ? AND y = ? AND z = ?", [1, "x", 1]),
        ("CALL p(?)", ["x"]),
        ("COMMIT", []),
    ]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("BEGIN RETURN 7; END", 7),
        ("BEGIN RETURN v; END", 5),
        ("BEGIN LET n := v; n := 6; RETURN n; END", 6),
        ("BEGIN LET n := 1; BEGIN LET n := 2; END; RETURN n; END", 1),
        ("BEGIN LET n := 1; BEGIN n := 2; END; RETURN n; END", 2),
        ("DECLARE n NUMBER; BEGIN RETURN n; END", None),
        ("DECLARE a DEFAULT v; b DEFAULT a; BEGIN RETURN b; END", 5),
        ("BEGIN NULL; END", None),
        ("BEGIN RETURN 1; RETURN 2; END", 1),
        ("BEGIN BEGIN RETURN 1; END; RETURN 2; END", 1),
        ("BEGIN IF (v > 4) THEN RETURN 'more'; END IF; RETURN 'not'; END", "more"),
        ("BEGIN IF (v > 5) THEN RETURN 1; ELSEIF (v >= 5) THEN RETURN 2; ELSE RETURN 3; END IF; END", 2),
        ("BEGIN IF (v <> 5) THEN RETURN 1; ELSEIF (v < 5) THEN RETURN 2; ELSE RETURN 3; END IF; END", 3),
        ("BEGIN IF (NULL) THEN RETURN 1; ELSE RETURN 2; END IF; END", 2),
        ("BEGIN IF (FALSE) THEN RETURN 1; END IF; RETURN 2; END", 2),
        ("BEGIN LOOP RETURN 1; END LOOP; END", 1),
        ("BEGIN LOOP BREAK; RETURN 1; END LOOP; RETURN 2; END", 2),
        ("BEGIN LOOP LOOP BREAK; END LOOP; RETURN 1; END LOOP; RETURN 2; END", 1),
        ("BEGIN LOOP BEGIN IF (v = 5) THEN BREAK; END IF; END; RETURN 1; END LOOP; RETURN 2; END", 2),
        (
            "BEGIN LET n := v; LOOP IF (n = 5) THEN n := 6; CONTINUE; RETURN 1; END IF; BREAK; END LOOP; RETURN n; END",
            6,
        ),
        ("BEGIN RETURN 'v = ' || v || ', ' || '' || -1; END", "v = 5, -1"),
    ],
)
def test_simple_values_need_no_query(body, value):
    executor = Recorder()
    assert call(body, executor, v=5) == value
    assert executor.asked == []


@pytest.mark.parametrize(
    ("operator", "holds"),
    [("=", [5]), ("<>", [4, 6]), ("<", [6]), ("<=", [5, 6]), (">", [4]), (">=", [4, 5])],
)
def test_integers_are_compared(operator, holds):
    body = f"BEGIN IF (v {operator} other) THEN RETURN TRUE; END IF; RETURN FALSE; END"
    assert [other for other in (4, 5, 6) if call(body, v=5, other=other)] == holds


def test_other_values_are_asked_for():
    executor = Recorder({"SELECT ABS(?)": Outcome(rows=[(6,)])})
    assert call("BEGIN LET n := ABS(v); RETURN n; END", executor, v=-6) == 6
    assert executor.asked == [("SELECT ABS(?)", [-6])]


def test_a_comparison_of_values_that_are_not_both_integers_or_booleans_is_asked_for():
    for value in (1.5, "5", True, date(2020, 1, 1)):
        executor = Recorder({"SELECT ? > 4": Outcome(rows=[(True,)])})
        assert call("BEGIN IF (v > 4) THEN RETURN 'more'; END IF; END", executor, v=value) == "more"
        assert executor.asked == [("SELECT ? > 4", [value])]


def test_joined_values_other_than_text_and_integers_are_asked_for():
    for value in (None, 1.5, True, date(2020, 1, 1)):
        executor = Recorder({"SELECT 'x' || ?": Outcome(rows=[("x?",)])})
        assert call("BEGIN RETURN 'x' || v; END", executor, v=value) == "x?"
        assert executor.asked == [("SELECT 'x' || ?", [value])]


def test_the_row_count_is_that_of_the_last_statement_if_it_was_dml():
    executor = Recorder({"DELETE FROM t": Outcome(3), "UPDATE t SET x = 1": Outcome(0), "SELECT 1": Outcome(1)})
    assert call("BEGIN RETURN SQLROWCOUNT; END") is None
    assert call("BEGIN DELETE FROM t; LET n := 1; n := SQLROWCOUNT; RETURN SQLROWCOUNT; END", executor) == 3
    assert call("BEGIN DELETE FROM t; RETURN SQLFOUND; END", executor) is True
    assert call("BEGIN DELETE FROM t; RETURN SQLNOTFOUND; END", executor) is False
    assert call("BEGIN UPDATE t SET x = 1; RETURN SQLNOTFOUND; END", executor) is True
    assert call("BEGIN UPDATE t SET x = 1; RETURN SQLFOUND; END", executor) is False
    for other in ("SELECT 1;", "TRUNCATE TABLE t;", "BEGIN TRANSACTION; COMMIT;", "CALL p();"):
        assert call(f"BEGIN DELETE FROM t; {other} RETURN SQLROWCOUNT; END", executor) is None
        assert call(f"BEGIN DELETE FROM t; {other} RETURN SQLFOUND; END", executor) is None


def test_the_row_count_can_be_bound():
    executor = Recorder({"DELETE FROM t": Outcome(3)})
    call("BEGIN DELETE FROM t; INSERT INTO log VALUES (:sqlrowcount); END", executor)
    assert executor.asked[-1] == ("INSERT INTO log VALUES (?)", [3])


def test_select_into_sets_its_variables_by_type():
    executor = Recorder({"SELECT x, y  FROM t": Outcome(rows=[("12", None)])})
    body = "DECLARE a INTEGER; b VARCHAR DEFAULT 'old'; BEGIN SELECT x, y INTO :a, :b FROM t; {} END"
    assert call(body.format("RETURN a;"), executor) == 12
    assert call(body.format("RETURN b;"), executor) is None


@pytest.mark.parametrize(
    ("rows", "fragment"),
    [([], "but got 0"), ([(1,), (2,)], "but got 2"), ([(1, 2)], "2 columns for 1 variables"), ([("x",)], "'x'")],
)
def test_select_into_takes_one_row_that_fits(rows, fragment):
    executor = Recorder({"SELECT x  FROM t": Outcome(rows=rows)})
    body = "DECLARE a INTEGER DEFAULT 1;\nBEGIN\n  SELECT x INTO :a FROM t; EXCEPTION WHEN OTHER THEN {} END"
    with pytest.raises(ProgrammingError) as raised:
        call(body.format("RAISE;"), executor)
    assert "on line 3 at position 2" in raised.value.msg
    assert fragment in raised.value.msg
    assert call(body.format("RETURN a;"), executor) == 1


def test_arguments_are_taken_by_name_and_all_of_them():
    procedure = parse("BEGIN RETURN a || b; END", ("a", "B"))
    assert run(procedure, {"A": "x", "b": "y"}, Recorder()) == "xy"
    for wrong in ({}, {"a": 1}, {"a": 1, "b": 2, "c": 3}):
        with pytest.raises(ProgrammingError, match=r"takes the arguments \(A, B\)"):
            run(procedure, wrong, Recorder())


def test_a_condition_must_be_a_boolean():
    with pytest.raises(ProgrammingError, match="EXPRESSION_ERROR' on line 2 at position 1"):
        call("BEGIN\n IF (v) THEN NULL; END IF; END", v="yes")


def test_calls_share_nothing():
    procedure = parse("DECLARE n INTEGER; BEGIN IF (v > 0) THEN n := v; END IF; RETURN n; END", ("v",))
    assert run(procedure, {"v": 3}, Recorder()) == 3
    assert run(procedure, {"v": 0}, Recorder()) is None
