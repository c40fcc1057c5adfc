"""What the parser of procedure bodies refuses: what procedures do not have here, unknown names, and mistakes."""

import pytest

from snowglobe.errors import Error, NotSupportedError, ProgrammingError
from snowglobe.scripting.cursor import Cursor
from snowglobe.scripting.parser import parse
from snowglobe.scripting.tree import Sql


def refused(body, error, *fragments):
    with pytest.raises(error) as raised:
        parse(body, ("v", "w"))
    for fragment in fragments:
        assert fragment in raised.value.msg
    return raised.value


# Snowflake Scripting that procedures do not have here: the statement and the name that the error must give.
UNSUPPORTED = [
    ("FOR i IN 1 TO 3 DO NULL; END FOR;", "FOR"),
    ("FOR r IN c DO NULL; END FOR;", "FOR"),
    ("WHILE (v > 0) DO NULL; END WHILE;", "WHILE"),
    ("REPEAT NULL; UNTIL (TRUE) END REPEAT;", "REPEAT"),
    ("LOOP BREAK; END LOOP outer_loop;", "LOOP with a label"),
    ("LOOP BREAK outer_loop; END LOOP;", "BREAK with a label"),
    ("BREAK;", "BREAK outside a loop"),
    ("EXIT;", "EXIT"),
    ("CONTINUE;", "CONTINUE outside a loop"),
    ("ITERATE;", "ITERATE"),
    ("CASE (v) WHEN 1 THEN NULL; END;", "CASE"),
    ("OPEN c;", "OPEN"),
    ("FETCH c INTO v;", "FETCH"),
    ("CLOSE c;", "CLOSE"),
    ("AWAIT r;", "AWAIT"),
    ("AWAIT ALL;", "AWAIT"),
    ("CANCEL r;", "CANCEL"),
    ("ASYNC (INSERT INTO t VALUES (1));", "ASYNC"),
    ("EXECUTE IMMEDIATE 'DELETE FROM t';", "EXECUTE IMMEDIATE"),
    ("EXECUTE IMMEDIATE :v;", "EXECUTE IMMEDIATE"),
    ("CALL other() INTO :v;", "CALL ... INTO"),
    ("RETURN TABLE(r);", "RETURN TABLE"),
    ("LET c CURSOR FOR SELECT 1;", "CURSOR"),
    ("LET r RESULTSET := (SELECT 1);", "RESULTSET"),
    ("LET r VARIANT := 1;", "VARIANT"),
    ("LET r NUMBER(3, 2, 1) := 1;", "NUMBER(3, 2, 1)"),
    ("LET r NUMBER(99) := 1;", "NUMBER(99)"),
    ("DECLARE c CURSOR FOR SELECT 1; BEGIN NULL; END;", "CURSOR"),
    ("BEGIN NULL; EXCEPTION WHEN OTHER CONTINUE THEN NULL; END;", "WHEN ... CONTINUE"),
    ("BEGIN NULL; EXCEPTION WHEN OTHER EXIT THEN NULL; END;", "WHEN ... EXIT"),
    ("GOTO somewhere;", "GOTO"),
    ("PRINT 'x';", "PRINT"),
    ("v;", "V"),
    ("'text';", "'text'"),
]


@pytest.mark.parametrize(("statement", "name"), UNSUPPORTED)
def test_what_procedures_do_not_have_is_named_with_its_line(statement, name):
    error = refused(f"BEGIN\n  NULL;\n  {statement}\nEND", NotSupportedError)
    assert error.msg.startswith("line 3 at position ")
    assert f"{name} is not supported" in error.msg
    assert (error.errno, error.sqlstate) == (2, "0A000")


@pytest.mark.parametrize("around", ["IF (v > 0) THEN NULL; ELSE\n{} END IF;", "BEGIN\n{} END;"])
def test_so_is_what_stands_in_a_branch_or_a_block_within(around):
    refused(f"BEGIN {around.format('PRINT v;')} END", NotSupportedError, "line 2 at position 0: PRINT is not supported")


UNKNOWN = [
    ("DELETE FROM t WHERE x = :nobody;", ":nobody"),
    ("SELECT x INTO :v FROM t WHERE y = :nobody;", ":nobody"),
    ("RETURN nobody;", "nobody"),
    ("RETURN :nobody;", ":nobody"),
    ('RETURN "v";', '"v"'),
    ("RETURN 'x' || nobody;", "nobody"),
    ("RETURN ABS(nobody);", "nobody"),
    ("RETURN (SELECT x FROM t WHERE y = :nobody);", ":nobody"),
    ("RETURN nobody.x;", "nobody"),
    ("RETURN (SELECT x FROM t) + nobody;", "nobody"),
    ("RETURN count;", "count"),
    ("v := (CALL other());", "CALL"),
    ("IF (nobody) THEN NULL; END IF;", "nobody"),
    ("IF (TRUE) THEN NULL; ELSEIF (nobody > 1) THEN NULL; END IF;", "nobody"),
    ("nobody := 1;", "NOBODY"),
    ("SQLROWCOUNT := 1;", "SQLROWCOUNT"),
    ("LET n INTEGER := n;", "n"),
    ("RAISE nobody;", "NOBODY"),
    ("BEGIN NULL; EXCEPTION WHEN nobody THEN NULL; END;", "NOBODY"),
    # Scopes: a name is gone where its block, branch or body ends, and it is not there before it is made.
    ("BEGIN LET n := 1; END; RETURN n;", "n"),
    ("IF (TRUE) THEN LET n := 1; END IF; RETURN n;", "n"),
    ("BEGIN LET n := 1; EXCEPTION WHEN OTHER THEN RETURN n; END;", "n"),
    ("v := n; LET n := 1;", "n"),
    ("DECLARE e EXCEPTION; BEGIN NULL; END; RAISE e;", "E"),
]


@pytest.mark.parametrize(("statement", "name"), UNKNOWN)
def test_a_name_that_stands_for_nothing_is_refused_when_parsed(statement, name):
    error = refused(f"BEGIN\n  NULL;\n  {statement}\nEND", ProgrammingError)
    assert error.msg.startswith("line 3 at position ")
    assert f"invalid identifier '{name}'" in error.msg
    assert (error.errno, error.sqlstate) == (904, "42000")


WRONG = [
    ("", "BEGIN"),
    ("SELECT 1;", "BEGIN"),
    ("BEGIN TRANSACTION; COMMIT;", "a procedure's body is a block"),
    ("BEGIN END", "NULL;"),
    ("BEGIN NULL;; END", "a statement"),
    ("BEGIN NULL", "';'"),
    ("BEGIN NULL;", "the END of BEGIN in line 1"),
    ("BEGIN\nIF (TRUE) THEN NULL;", "the END of IF in line 2"),
    ("BEGIN NULL; END; SELECT 1;", "nothing after the block's END"),
    ("BEGIN IF TRUE THEN NULL; END IF; END", "parentheses"),
    ("BEGIN IF (TRUE) NULL; END IF; END", "THEN"),
    ("BEGIN IF (TRUE) THEN NULL; END; END", "IF"),
    ("BEGIN LET n INTEGER; END", ":="),
    ("BEGIN LET n := ; END", "an expression"),
    ("BEGIN LET n := 1 +; END", "cannot be read"),
    ("BEGIN LET n := (1; END", "cannot be read"),
    ("BEGIN LET n := 1); END", "no '('"),
    ("BEGIN LET n := 1, 2; END", "not one value"),
    ("BEGIN LET n := 1 END; END", "not one value"),
    ("BEGIN RETURN; END", "an expression"),
    ("BEGIN LET n := 1; LET n := 2; END", "declared twice"),
    ("DECLARE n NUMBER; BEGIN LET n := 2; END", "declared twice"),
    ("DECLARE v NUMBER; BEGIN NULL; END", "declared twice"),
    ("DECLARE rows NUMBER; BEGIN NULL; END", "reserved"),
    ("DECLARE sqlcode NUMBER; BEGIN NULL; END", "built-in"),
    ("DECLARE e EXCEPTION (-1, 'x'); BEGIN NULL; END", "-20999"),
    ("DECLARE e EXCEPTION (20001, 'x'); BEGIN NULL; END", "'-'"),
    ("BEGIN RAISE; END", "an exception's name"),
    ("BEGIN BEGIN NULL; EXCEPTION WHEN OTHER THEN RAISE; END; RAISE; END", "an exception's name"),
    ("BEGIN NULL; EXCEPTION END", "WHEN"),
    ("BEGIN COMMIT PREPARED; END", "COMMIT"),
    ("BEGIN START; END", "TRANSACTION"),
    ("BEGIN DELETE FROM t WHERE x = ?; END", ":name"),
    ("BEGIN LET n := ? + 1; END", ":name"),
    ("BEGIN SELECT x:v FROM t; END", "JSON"),
    ("BEGIN SELECT date:v FROM t; END", "JSON"),
    ("BEGIN SELECT x :v FROM t; END", "JSON"),
    ("BEGIN SELECT : v; END", "right after the colon"),
    ("BEGIN SELECT :1; END", "right after the colon"),
    ('BEGIN SELECT :"V"; END', "right after the colon"),
    ("BEGIN CREATE PROCEDURE p() RETURNS INT AS BEGIN RETURN 1; END; END", "between $$ and $$"),
    ("BEGIN\n SELECT 'x; END", "line 2 at position 8: Missing '"),
    ("BEGIN\n SELECT $$x; END", "line 2 at position 8: Missing $$"),
    ("BEGIN\n SELECT 1 /* x; END", "line 2 at position 10: unterminated comment"),
    ("BEGIN SELECT x'y'; END", "line 1 at position 13"),
]


@pytest.mark.parametrize(("body", "fragment"), WRONG)
def test_what_is_wrong_is_said_with_its_place(body, fragment):
    error = refused(body, ProgrammingError, fragment)
    assert error.msg.startswith("line ")
    assert (error.errno, error.sqlstate) == (1003, "42000")


def test_places_are_those_of_the_body():
    body = "BEGIN\n  /* two\n lines */ DELETE FROM t;\n\n\tRETURN\n   nobody;\nEND"
    assert refused(body, Error).msg.startswith("line 6 at position 3:")
    delete = parse(body.replace("nobody", "1")).block.body[0]
    assert isinstance(delete, Sql)
    assert (delete.line, delete.position) == (3, 10)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT x FROM t INTO :a",
        "SELECT x INTO :a FROM t UNION SELECT 1",
        "SELECT 1 UNION SELECT 2 INTO :a",
        "SELECT x FROM (SELECT 1 AS x INTO :a)",
        "WITH c AS (SELECT 1 INTO :a) SELECT * FROM c",
        "SELECT x, y INTO :a, :a FROM t",
        "SELECT x INTO :a, FROM t",
        "SELECT x INTO :nobody FROM t",
        "SELECT x INTO :SQLROWCOUNT FROM t",
        "SELECT x INTO 5 FROM t",
        "SELECT x INTO",
    ],
)
def test_select_into_where_it_cannot_be(statement):
    refused(f"DECLARE a NUMBER; BEGIN\n{statement};\nEND", ProgrammingError, "line ")


WHOLE = """
DECLARE
    a NUMBER(10, 2) DEFAULT 1;
    e EXCEPTION (-20001, 'no');
BEGIN
    BEGIN TRANSACTION;
    LET n INTEGER := a + :v::INTEGER;
    WITH c AS (SELECT 1 AS x) SELECT x INTO :a FROM c WHERE x = :n;
    IF (n > 0 AND a <> 2) THEN
        DELETE FROM t WHERE x IN (:n, :w);
        n := SQLROWCOUNT;
    ELSEIF (n = 0) THEN
        RAISE e;
    ELSE
        NULL;
    END IF;
    COMMIT;
    RETURN 'done ' || n;
EXCEPTION
    WHEN e OR STATEMENT_ERROR THEN
        RETURN SQLERRM;
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
"""


@pytest.mark.parametrize("spoil", ["", ";", "(", ")", ":", ":=", "BEGIN", "END", "x", "'y'", "1"])
def test_a_spoilt_body_never_breaks_the_parser(spoil):
    parse(WHOLE, ("v", "w"))
    for token in Cursor(WHOLE).tokens:
        for body in (WHOLE[: token.start] + spoil, f"{WHOLE[: token.start]} {spoil} {WHOLE[token.end + 1 :]}"):
            try:
                parse(body, ("v", "w"))
            except Error as error:
                assert error.msg.startswith("line ")
