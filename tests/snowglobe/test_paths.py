"""Paths into a VARIANT: the value there as text, whether it is missing, null, and of which type."""

from decimal import Decimal
from pathlib import Path

import pytest

from snowglobe.connection import Connection
from snowglobe.errors import NotSupportedError, ProgrammingError
from tests.snowglobe.support import rows, run, value

DOCUMENT = (
    '{"a":{"b":"x","n":null,"c.d":"dot","Odd Name":true,"*":1},"l":[1,{"k":"v"}],"i":7,"below":-7,"d":1.50,"e":"",'
    '"long":1234567890123456789012345,"fine":12345678901234567.89,"no":null}'
)


@pytest.fixture
def documents(landing: Connection, folder: Path) -> Connection:
    """A table with a document, a number, a null of JSON and a NULL, in this order by n."""
    (folder / "bucket/in/a.json").write_text(f"{DOCUMENT}\n7\nnull\n")
    run(
        landing,
        "CREATE FILE FORMAT json TYPE = JSON",
        "CREATE TABLE documents (n NUMBER, record VARIANT)",
        "COPY INTO documents (n, record) FROM (SELECT METADATA$FILE_ROW_NUMBER, $1 FROM @ext_stage) "
        "FILE_FORMAT = (FORMAT_NAME = 'json') ON_ERROR = SKIP_FILE",
        "INSERT INTO documents (n) VALUES (4)",
    )
    return landing


def test_what_is_at_a_path(documents: Connection):
    cases = {
        "record:a.b::VARCHAR": "x",
        'record:a."c.d"::VARCHAR': "dot",
        'record:a."Odd Name"::VARCHAR': "true",
        "record:l[1].k::VARCHAR": "v",
        "record:l::VARCHAR": '[1,{"k":"v"}]',
        "record:e::VARCHAR": "",
        "record:i::VARCHAR": "7",
        "record:i::NUMBER(5, 2)": Decimal("7.00"),
        "record:d::NUMBER(5, 1)": Decimal("1.5"),
        "record:long::VARCHAR": "1234567890123456789012345",
        "record:fine::NUMBER(38, 2)": Decimal("12345678901234567.89"),
        'record:a."Odd Name"::BOOLEAN': True,
        "record:no::VARCHAR": None,
        "record:a.n::VARCHAR": None,
        "record:nothing.at.all::VARCHAR": None,
        "record:A.b::VARCHAR": None,
        "record:l[2]::VARCHAR": None,
        "GET_PATH(record, 'a.b')::VARCHAR": "x",
        "documents.record:a.b::VARCHAR(1)": "x",
        "TRY_TO_NUMBER(record:i::VARCHAR)": 7,
        "TYPEOF(record)": "OBJECT",
        "TYPEOF(record:a)": "OBJECT",
        "TYPEOF(record:l)": "ARRAY",
        "TYPEOF(record:a.b)": "VARCHAR",
        'TYPEOF(record:a."Odd Name")': "BOOLEAN",
        "TYPEOF(record:i)": "INTEGER",
        "TYPEOF(record:below)": "INTEGER",
        "TYPEOF(record:long)": "INTEGER",
        "TYPEOF(record:d)": "DECIMAL",
        "TYPEOF(record:no)": "NULL_VALUE",
        "TYPEOF(record:nothing)": None,
        "IS_NULL_VALUE(record:no)": True,
        "IS_NULL_VALUE(record:i)": False,
        "IS_NULL_VALUE(record:nothing)": None,
        "record:no IS NULL": False,
        "record:nothing IS NULL": True,
        "record:i IS NOT NULL": True,
    }
    for written, expected in cases.items():
        assert (written, value(documents, f"SELECT {written} FROM documents WHERE n = 1")) == (written, expected)


def test_of_what_is_no_object_nothing_is_at_a_path(documents: Connection):
    asked = "record:a::VARCHAR, record:a IS NULL, IS_NULL_VALUE(record:a), TYPEOF(record:a), TYPEOF(record)"
    found = rows(documents, f"SELECT {asked}, IS_NULL_VALUE(record) FROM documents WHERE n > 1 ORDER BY n")
    assert found == [
        (None, True, None, None, "INTEGER", False),
        (None, True, None, None, "NULL_VALUE", True),
        (None, True, None, None, None, None),
    ]


def test_a_view_reads_documents(documents: Connection):
    run(
        documents,
        "CREATE VIEW read AS SELECT n, record:a.b::VARCHAR AS b, IS_NULL_VALUE(record:no) AS no FROM documents",
    )
    assert rows(documents, "SELECT b, no FROM read WHERE n = 1") == [("x", True)]


def test_a_value_is_handed_on_as_it_is(documents: Connection):
    chosen = (
        "IFF(record:no IS NULL, record, record:a) AS inner_record, CASE WHEN n = 1 THEN record:no ELSE record END AS no"
    )
    found = "SELECT inner_record:b::VARCHAR, TYPEOF(inner_record), TYPEOF(no) FROM chosen ORDER BY n"
    assert rows(documents, f"WITH chosen AS (SELECT n, {chosen} FROM documents WHERE n < 3) {found}") == [
        ("x", "OBJECT", "NULL_VALUE"),
        (None, "INTEGER", "INTEGER"),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "record:a = 'x'",
        "IFF(record:a, 1, 2)",
        "CASE record:a WHEN 'x' THEN 1 END",
        "CASE 'x' WHEN record:a THEN 1 END",
        "COALESCE(record:a, 'x')",
        "TRY_CAST(record:a AS VARCHAR)",
        "record:a::VARIANT",
        'record:"*"::VARCHAR',
        'record:"a""b"::VARCHAR',
        "record['a']::VARCHAR",
        "GET_PATH(record, record)::VARCHAR",
        "GET(record, 'a')::VARCHAR",
        "UPPER(record:a)",
    ],
)
def test_what_would_be_another_value_is_refused(documents: Connection, asked: str):
    with pytest.raises((NotSupportedError, ProgrammingError), match=r"does not know|Unknown function"):
        run(documents, f"SELECT {asked} FROM documents")
