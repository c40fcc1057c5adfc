"""What a running procedure does with errors and transactions."""

import pytest

from snowglobe.errors import DatabaseError, NotSupportedError, OperationalError, ProgrammingError
from tests.snowglobe.scripting.recorder import Recorder, call

FAILURE = ProgrammingError("Object 'T' does not exist", 2003, "42S02", "query-1")


def test_a_handler_knows_the_error_and_may_swallow_it():
    executor = Recorder({"DELETE FROM t": FAILURE})
    body = """
        BEGIN
            BEGIN
                DELETE FROM t;
                DELETE FROM never;
            EXCEPTION
                WHEN OTHER THEN
                    INSERT INTO log VALUES (:SQLERRM, :SQLCODE, :SQLSTATE);
            END;
            INSERT INTO log VALUES (:SQLERRM, :SQLCODE, :SQLSTATE);
            RETURN 'went on';
        END
    """
    assert call(body, executor) == "went on"
    log = "INSERT INTO log VALUES (?, ?, ?)"
    assert executor.asked == [
        ("DELETE FROM t", []),
        (log, ["Object 'T' does not exist", 2003, "42S02"]),
        (log, [None, None, None]),
    ]


@pytest.mark.parametrize("ending", ["END", "EXCEPTION WHEN OTHER THEN ROLLBACK; RAISE; END"])
def test_an_uncaught_error_keeps_its_numbers_and_gets_a_place(ending):
    executor = Recorder({"DELETE FROM t": FAILURE})
    with pytest.raises(ProgrammingError) as raised:
        call(f"BEGIN\n  BEGIN TRANSACTION;\n  DELETE FROM t;\n  COMMIT;\n{ending}", executor)
    error = raised.value
    assert (error.errno, error.sqlstate, error.sfqid) == (2003, "42S02", "query-1")
    assert error.msg == (
        "Uncaught exception of type 'STATEMENT_ERROR' on line 3 at position 2 : Object 'T' does not exist"
    )
    assert error.__cause__ is FAILURE
    assert executor.statements == ["BEGIN TRANSACTION", "DELETE FROM t", "ROLLBACK"]
    assert not executor.in_transaction()


@pytest.mark.parametrize("kind", [OperationalError, NotSupportedError])
def test_other_classes_of_error_are_caught_and_kept_too(kind):
    executor = Recorder({"DELETE FROM t": kind("no")})
    assert call("BEGIN DELETE FROM t; EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END", executor) == "no"
    with pytest.raises(kind):
        call("BEGIN DELETE FROM t; END", executor)


NAMED = """
    DECLARE
        e EXCEPTION (-20001, 'first');
        f EXCEPTION (-20002, 'second');
    BEGIN
        IF (v = 1) THEN RAISE e; ELSEIF (v = 2) THEN RAISE f; ELSEIF (v = 3) THEN DELETE FROM t; END IF;
        LET n INTEGER := v / 0;
    EXCEPTION
        WHEN e THEN RETURN 'e ' || SQLERRM || SQLCODE || SQLSTATE;
        WHEN STATEMENT_ERROR OR f THEN RETURN 'f or statement ' || SQLCODE;
        WHEN EXPRESSION_ERROR THEN RETURN 'expression ' || SQLCODE;
    END
"""


@pytest.mark.parametrize(
    ("v", "answer"),
    [
        (1, "e first-20001P0001"),
        (2, "f or statement -20002"),
        (3, "f or statement 2003"),
        (4, "expression 100051"),
    ],
)
def test_the_first_handler_that_names_the_error_runs(v, answer):
    failing = {"DELETE FROM t": FAILURE, "SELECT ? / 0": ProgrammingError("Division by zero", 100051, "22012")}
    assert call(NAMED, Recorder(failing), v=v) == answer


def test_an_exception_that_no_handler_names_goes_outward():
    body = """
        DECLARE e EXCEPTION (-20001, 'first'); f EXCEPTION;
        BEGIN
            BEGIN
                RAISE e;
            EXCEPTION WHEN f THEN RETURN 'wrong';
            END;
        {} END
    """
    assert call(body.format("EXCEPTION WHEN e THEN RETURN 'right';")) == "right"
    with pytest.raises(ProgrammingError) as raised:
        call(body.format(""))
    assert raised.value.msg == "Uncaught exception of type 'E' on line 5 at position 16 : first"
    assert (raised.value.errno, raised.value.sqlstate) == (-20001, "P0001")


def test_a_hidden_exception_of_the_same_name_is_another():
    body = """
        DECLARE e EXCEPTION (-20001, 'x');
        BEGIN
            DECLARE e EXCEPTION (-20001, 'x');
            BEGIN RAISE e; END;
        EXCEPTION WHEN e THEN RETURN 'wrong'; WHEN OTHER THEN RETURN 'right';
        END
    """
    assert call(body) == "right"


def test_an_error_in_a_handler_or_a_declaration_is_the_outer_block_s():
    executor = Recorder({"DELETE FROM t": FAILURE, "DELETE FROM u": ProgrammingError("second", 1, "00001")})
    handling = "EXCEPTION WHEN OTHER THEN DELETE FROM u; END;"
    outer = "EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END"
    assert call(f"BEGIN BEGIN DELETE FROM t; {handling} {outer}", executor) == "second"
    declaring = "DECLARE a INTEGER DEFAULT 'x'; BEGIN NULL; EXCEPTION WHEN OTHER THEN RETURN 'inner'; END;"
    assert call(f"BEGIN {declaring} {outer}", executor) == "Numeric value 'x' is not recognized"


def test_raise_in_a_nested_handler_is_the_newest_error():
    executor = Recorder({"DELETE FROM t": FAILURE, "DELETE FROM u": ProgrammingError("second", 1, "00001")})
    body = """
        BEGIN DELETE FROM t;
        EXCEPTION WHEN OTHER THEN
            BEGIN DELETE FROM u; EXCEPTION WHEN OTHER THEN {} END;
            RAISE;
        END
    """
    with pytest.raises(ProgrammingError, match="second"):
        call(body.format("RAISE;"), executor)
    with pytest.raises(ProgrammingError, match="'T' does not exist"):
        call(body.format("NULL;"), executor)


@pytest.mark.parametrize("end", ["END", "RETURN 1; END", "IF (TRUE) THEN RETURN 1; END IF; COMMIT; END"])
def test_a_transaction_left_open_is_rolled_back_and_an_error(end):
    executor = Recorder()
    with pytest.raises(ProgrammingError, match=r"Scoped transaction .* was rolled back") as raised:
        call(f"BEGIN BEGIN TRANSACTION; DELETE FROM t; {end}", executor)
    assert (raised.value.errno, raised.value.sqlstate) == (90232, "25000")
    assert executor.statements == ["BEGIN TRANSACTION", "DELETE FROM t", "ROLLBACK"]


def test_the_caller_s_transaction_stays_the_caller_s():
    executor = Recorder({"DELETE FROM t": FAILURE}, open_transaction=True)
    assert call("BEGIN INSERT INTO t VALUES (1); RETURN 1; END", executor) == 1
    with pytest.raises(ProgrammingError, match="different scope"):
        call("BEGIN COMMIT; END", executor)
    with pytest.raises(ProgrammingError, match="different scope"):
        call("BEGIN ROLLBACK; END", executor)
    with pytest.raises(NotSupportedError, match="on line 1 at position 6"):
        call("BEGIN BEGIN TRANSACTION; END", executor)
    with pytest.raises(ProgrammingError, match="'T' does not exist"):
        call("BEGIN DELETE FROM t; END", executor)
    assert executor.in_transaction()
    assert executor.statements == ["INSERT INTO t VALUES (1)", "DELETE FROM t"]


def test_an_interrupt_rolls_back_and_goes_through():
    executor = Recorder({"DELETE FROM t": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        call("BEGIN BEGIN TRANSACTION; DELETE FROM t; EXCEPTION WHEN OTHER THEN RETURN 1; END", executor)
    assert executor.statements[-1] == "ROLLBACK"


def test_a_failed_rollback_does_not_hide_the_error():
    executor = Recorder({"DELETE FROM t": FAILURE, "ROLLBACK": DatabaseError("disk gone")})
    executor.execute("BEGIN", ())
    executor.open = False
    with pytest.raises(ProgrammingError, match="'T' does not exist") as raised:
        call("BEGIN BEGIN WORK; DELETE FROM t; END", executor)
    assert raised.value.__notes__ == ["ROLLBACK failed too: disk gone"]
