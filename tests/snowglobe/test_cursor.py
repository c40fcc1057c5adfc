"""Cursor and Connection: binds, results, and what they raise."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from snowglobe.connection import Connection, connect
from snowglobe.errors import DatabaseError, InterfaceError, ProgrammingError
from tests.snowglobe.conftest import Clock
from tests.snowglobe.support import rows, run, value

MANY = 100_000


@pytest.fixture
def many(warehouse: Connection) -> Connection:
    run(
        warehouse,
        "CREATE TABLE digit (d NUMBER)",
        "INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)",
        "CREATE VIEW many AS SELECT 10000 * a.d + 1000 * b.d + 100 * c.d + 10 * d.d + e.d AS n "
        "FROM digit AS a, digit AS b, digit AS c, digit AS d, digit AS e ORDER BY n",
    )
    return warehouse


def test_binds_of_every_type(warehouse: Connection):
    values = (None, True, 1, 2**70, -(2**70), 1.5, Decimal("1.25"), "it's ? :b1", b"\x00\xff", date(2026, 1, 2),
              datetime(2026, 1, 2, 3, 4, 5, 6))  # fmt: skip
    marks = ", ".join("?" * len(values))
    assert rows(warehouse, f"SELECT {marks}", *values) == [values]


def test_binds_keep_their_places(warehouse: Connection):
    """A translation may turn arguments around, or write one twice."""
    at = datetime(2026, 1, 31)
    assert value(warehouse, "SELECT DATEADD('day', ?, ?::TIMESTAMP_NTZ)", 1, at) == datetime(2026, 2, 1)
    assert value(warehouse, "SELECT DATEDIFF('day', ?::TIMESTAMP_NTZ, ?::TIMESTAMP_NTZ)", at, datetime(2026, 2, 2)) == 2
    assert rows(warehouse, "SELECT NVL2(?, ?, ?), IFF(?, ?, ?)", None, 1, 2, True, 3, 4) == [(2, 3)]
    assert rows(warehouse, "SELECT '?', ? -- ?\n, \"A\" FROM (SELECT ? AS a) /* ? */ WHERE ? = 1", 1, 2, 1) == [
        ("?", 1, 2)
    ]
    assert value(warehouse, "SELECT POSITION(? IN ?)", "b", "abc") == 2
    assert rows(warehouse, "SELECT a FROM VALUES (?), (?) AS v (a) ORDER BY a LIMIT 1", 2, 1) == [(1,)]


def test_values_are_bound_never_read_as_sql(warehouse: Connection):
    run(warehouse, "CREATE TABLE t (a VARCHAR)")
    evil = "'); DROP TABLE t; --"
    warehouse.cursor().execute("INSERT INTO t VALUES (?)", [evil])
    assert rows(warehouse, "SELECT a FROM t WHERE a = ?", evil) == [(evil,)]


@pytest.mark.parametrize("params", [(), (1,), (1, 2, 3)])
def test_too_few_or_too_many_binds(warehouse: Connection, params: tuple[int, ...]):
    with pytest.raises(ProgrammingError, match="2 places"):
        warehouse.cursor().execute("SELECT ?, ?", params)


def test_binds_where_there_can_be_none(warehouse: Connection):
    for statement in ("CREATE TABLE t (a INT)", "COMMIT", "DROP TABLE t"):
        with pytest.raises(ProgrammingError, match="no binds"):
            warehouse.cursor().execute(statement, (1,))


def test_a_cursor_before_and_after(warehouse: Connection):
    with warehouse.cursor() as cursor:
        assert (cursor.description, cursor.sfqid) == (None, None)
        assert cursor.execute("SELECT 1 AS a, 'x' AS \"b\"") is cursor
        assert [column.name for column in cursor.description or []] == ["A", "B"]
        assert [column.type_code for column in cursor.description or []] == [0, 2]
        first = cursor.sfqid
        cursor.execute("SELECT 2")
        assert first
        assert first != cursor.sfqid
    assert cursor.fetchall() == []


def test_type_codes(warehouse: Connection):
    """Those of snowflake.connector.constants.FIELD_TYPES."""
    codes = {
        "1": 0, "1.5": 0, "1.5::FLOAT": 1, "'a'": 2, "DATE '2026-01-01'": 3, "CURRENT_TIMESTAMP()": 6,
        "SYSDATE()": 8, "MD5_BINARY('a')": 11, "TRUE": 13, "NULL": 2,
    }  # fmt: skip
    cursor = warehouse.cursor().execute(f"SELECT {', '.join(codes)}")
    assert [column.type_code for column in cursor.description or []] == list(codes.values())


def test_fetching_in_parts(many: Connection):
    cursor = many.cursor().execute("SELECT n FROM many")
    assert cursor.fetchone() == (0,)
    assert cursor.fetchmany(2) == [(1,), (2,)]
    assert cursor.fetchmany() == [(3,)]
    assert len(cursor.fetchmany(50_000)) == 50_000
    rest = [n for (n,) in cursor]
    assert rest == list(range(50_004, MANY))
    assert (cursor.fetchone(), cursor.fetchmany(5), cursor.fetchall()) == (None, [], [])


def test_two_cursors_take_turns(many: Connection):
    first = many.cursor().execute("SELECT n FROM many")
    second = many.cursor().execute("SELECT -n FROM many")
    for expected in range(20_000):
        assert first.fetchone() == (expected,)
        assert second.fetchone() == (-expected,)
    run(many, "CREATE TABLE other (a INT)")
    assert len(first.fetchall()) == len(second.fetchall()) == MANY - 20_000


def test_a_result_stays_what_it_was_when_it_was_asked_for(many: Connection):
    cursor = many.cursor().execute("SELECT n FROM many")
    run(many, "DELETE FROM digit")
    assert len(cursor.fetchall()) == MANY


def test_rowcount_of_a_query_is_known_once_all_rows_are(many: Connection):
    cursor = many.cursor().execute("SELECT n FROM many LIMIT 3")
    assert len(cursor.fetchall()) == 3
    assert many.cursor().execute("CREATE TABLE other (a INT)").rowcount == 1


def test_what_is_closed_says_so(warehouse: Connection):
    assert not warehouse.is_closed()
    with warehouse as opened:
        cursor = opened.cursor()
    assert warehouse.is_closed()
    warehouse.close()
    for use in (lambda: cursor.execute("SELECT 1"), warehouse.commit, warehouse.rollback):
        with pytest.raises(InterfaceError) as raised:
            use()
        assert raised.value.errno == 250002


def test_the_time_is_the_clocks(warehouse: Connection, clock: Clock):
    sql = "SELECT SYSDATE(), CURRENT_TIMESTAMP(), CURRENT_DATE(), GETDATE(), CURRENT_TIMESTAMP::TIMESTAMP_NTZ"
    for _ in range(2):
        now = clock.now
        assert rows(warehouse, sql) == [(now, now.replace(tzinfo=UTC), now.date(), now.replace(tzinfo=UTC), now)]
        clock.forward(days=1)
    run(warehouse, "CREATE TABLE t (at TIMESTAMP_LTZ)", "INSERT INTO t SELECT CURRENT_TIMESTAMP()")
    assert value(warehouse, "SELECT at FROM t") == clock.now.replace(tzinfo=UTC)
    run(warehouse, "CREATE TABLE text (a VARCHAR)", "INSERT INTO text VALUES ('$now')")
    assert value(warehouse, "SELECT COUNT(*) FROM text WHERE a = '$now'") == 1


@pytest.mark.parametrize(
    ("sql", "errno", "sqlstate", "said"),
    [
        ("SELECT a FROM nowhere", 2003, "42S02", "nowhere"),
        ("SELECT * FROM no_schema.t", 2003, "42S02", "t"),
        ("INSERT INTO nowhere VALUES (1)", 2003, "42S02", "nowhere"),
        ("SELEC 1", 2, "0A000", "SELEC 1"),
        ("SELECT 1 +", 1003, "42000", "SELECT 1 +"),
        ("SELECT a FROM t WHERE (a", 1003, "42000", "SELECT a FROM t"),
        ("SELECT aa FROM t", 904, "42000", '"a"'),
        ("SELECT b.a FROM t", 904, "42000", "b"),
        ("SELECT nothing(1)", 2140, "42601", "NOTHING"),
        ("SELECT 'x'::NUMBER", 100038, "22018", "x"),
        ("INSERT INTO t VALUES ('x')", 100038, "22018", "x"),
        ("DROP TABLE nowhere", 2003, "42S02", "NOWHERE"),
        ("DROP VIEW nowhere", 2003, "42S02", "NOWHERE"),
        ("DROP STREAM nowhere", 2003, "02000", "NOWHERE"),
    ],
)
def test_errors_have_numbers_and_one_line(warehouse: Connection, sql: str, errno: int, sqlstate: str, said: str):
    run(warehouse, "CREATE TABLE t (a NUMBER)")
    with pytest.raises(DatabaseError) as raised:
        run(warehouse, sql)
    assert (raised.value.errno, raised.value.sqlstate) == (errno, sqlstate)
    message = str(raised.value)
    assert message.startswith(f"{errno:06d} ({sqlstate}): ")
    assert said in message
    assert len(message.splitlines()) == 1
    assert "LINE 1" not in message
    assert " Error: " not in message


def test_a_wrong_name_gets_a_suggestion(warehouse: Connection):
    run(warehouse, "CREATE TABLE customer (first_name VARCHAR)")
    for sql, meant in (("SELECT * FROM custmer", "customer"), ("SELECT frst_name FROM customer", "first_name")):
        with pytest.raises(ProgrammingError, match=f'"?{meant}"?'):
            run(warehouse, sql)


def test_a_connection_of_another_kind_to_the_same_file_is_refused(
    warehouse: Connection, open_warehouse: Callable[[], Connection]
):
    assert not open_warehouse().is_closed()
    with pytest.raises(InterfaceError, match="open already"):
        connect(warehouse._session.database.path)
