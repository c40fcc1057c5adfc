"""What the files of sql/ keep to, beyond being Snowflake's SQL."""

import re
from pathlib import Path

import pytest

from customertrack.local.home import sql_folder
from tests.sql.sql_files import DIMENSIONS, bodies, files, migrations, place, statements

# Each loses what the old object knew: rows and streams, load history, offset, or the stages that depend on it.
_FORBIDDEN = re.compile(
    r"CREATE\s+OR\s+REPLACE\s+(TRANSIENT\s+)?(TABLE|STAGE|PIPE|STREAM|TASK|STORAGE\s+INTEGRATION|SCHEMA|DATABASE)\b"
    r"|\bTRUNCATE\b",
    re.IGNORECASE,
)
# The one that is to lose its position: it is stale.
_RENEWAL = (
    "CREATE OR REPLACE STREAM {0}_table_changes CLONE {0}_renewal COPY GRANTS",
    "CREATE OR REPLACE STREAM {0}_backlog_left COPY GRANTS",
)
_IN_A_TRANSACTION = {"BEGIN", "COMMIT", "DELETE", "INSERT", "MERGE", "ROLLBACK", "SELECT", "UPDATE", "WITH"}


def without_comments(text: str) -> str:
    """Text without line comments and strings."""
    return re.sub(r"--[^\n]*|'(?:[^']|'')*'", "", text)


@pytest.mark.parametrize("path", files(), ids=place)
def test_nothing_is_replaced_that_remembers_something(path: Path):
    text = without_comments(path.read_text())
    for renewed in _RENEWAL:
        text = text.replace(renewed.format(path.parent.name), "")
    assert _FORBIDDEN.search(text) is None


@pytest.mark.parametrize("kind", ["TABLE", "STAGE", "PIPE", "STREAM", "STORAGE INTEGRATION"])
def test_a_replacement_is_noticed(kind: str):
    assert _FORBIDDEN.search(f"create or  replace {kind} x")


@pytest.mark.parametrize("path", migrations(), ids=place)
def test_what_is_replaced_keeps_its_grants(path: Path):
    """Whoever may read it or call it would no longer, after the deploy."""
    assert without_grants(path.read_text()) == []


def without_grants(text: str) -> list[str]:
    """The names of what is replaced and loses who may use it."""
    text = without_comments(text)
    replaced = re.findall(
        r"CREATE\s+OR\s+REPLACE\s+(?:\w+\s+)+?(\w+)\s*(?:\((?:[^()]|\([^()]*\))*\)\s*|CLONE\s+\w+\s+)?(COPY\s+GRANTS)?(?=\W)",
        text,
    )
    assert len(replaced) == len(re.findall(r"OR\s+REPLACE", text))
    return [name for name, grants in replaced if not grants]


def test_lost_grants_are_noticed():
    function = "CREATE OR REPLACE FUNCTION f(a NUMBER(38, 0), b VARCHAR)\nRETURNS NUMBER AS $$ a $$;"
    lost = f"{function} CREATE OR REPLACE VIEW v AS SELECT 1;"
    kept = lost.replace(")\nRETURNS", ")\nCOPY GRANTS\nRETURNS").replace("v AS", "v COPY GRANTS AS")
    assert without_grants(lost) == ["f", "v"]
    assert without_grants(kept) == []


@pytest.mark.parametrize("path", migrations(), ids=place)
def test_every_file_begins_with_the_schema_it_works_in(path: Path):
    first = statements(path)[0].text
    assert first.startswith(("USE SCHEMA ", "CREATE DATABASE IF NOT EXISTS "))


@pytest.mark.parametrize("name", DIMENSIONS)
def test_the_procedure_ends_its_transaction_on_every_way_out(name: str):
    """Without it a failed refresh would leave it open, and one with nothing to do would not move the stream.

    Only the text can show it: the embedded warehouse undoes what a procedure leaves open, and its streams are exact.
    """
    path = sql_folder() / name / "R__50_refresh.sql"
    text = without_comments(path.read_text())
    # After the COMMIT of a part it is only said what was done, and whether another round is needed.
    report = re.compile(r"done := [^;]*;\s+IF \(part IS NULL\) THEN\s+(?=RETURN done)")
    ways_out = re.findall(r"(\w+);\s+(RETURN|RAISE|CONTINUE|BREAK)\b", report.sub("", text))
    assert ways_out == [("COMMIT", "RETURN"), ("COMMIT", "CONTINUE"), ("COMMIT", "RETURN"), ("ROLLBACK", "RAISE")]
    # The rebuild has a transaction of its own.
    assert re.findall(r"(\w+);\s+CALL ", text) == ["ROLLBACK"]
    rebuild = without_comments((sql_folder() / name / "R__48_rebuild.sql").read_text())
    ways_out = re.findall(r"(\w+);\s+(RETURN|RAISE)\b", rebuild)
    assert ways_out == [("ROLLBACK", "RETURN"), ("COMMIT", "RETURN"), ("ROLLBACK", "RAISE")]


@pytest.mark.parametrize("file", ["R__48_rebuild.sql", "R__50_refresh.sql"])
@pytest.mark.parametrize("name", DIMENSIONS)
def test_the_procedure_has_dml_alone(name: str, file: str):
    """DDL would commit its transaction."""
    path = sql_folder() / name / file
    words = [statement.text.split()[0].upper() for statement in bodies(path)]
    if "CALL" in words:
        words.remove("CALL")
    assert "BEGIN" in words
    assert words.count("COMMIT") >= 1
    assert set(words) <= _IN_A_TRANSACTION


@pytest.mark.parametrize("name", DIMENSIONS)
def test_a_quotient_that_is_rounded_down_still_makes_parts_enough(name: str):
    """Snowflake rounds a quotient of whole numbers to six digits, so that CEIL of it may be one less than it should.

    Only the text can show it: the embedded warehouse divides by floating point.
    """
    least = {
        file: re.findall(r"(?:GREATEST\((\d+), )?CEIL\(", without_comments((sql_folder() / name / file).read_text()))
        for file in ("R__50_refresh.sql", "R__48_rebuild.sql")
    }
    # What is more than one part takes must not be one, or it is put off for ever; a rebuild has at least one to do.
    assert least == {"R__50_refresh.sql": ["2"], "R__48_rebuild.sql": ["1"]}
