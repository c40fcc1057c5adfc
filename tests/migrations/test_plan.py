"""What a folder holds and what of it is to be run: pure, so tables of cases."""

import hashlib
import subprocess
import sys

import pytest

from customertrack.errors import UserError
from customertrack.migrations import HistoryRow, Migration, describe, discover, plan
from customertrack.migrations.names import parse
from customertrack.migrations.planning import Status
from customertrack.sqltext.statements import split


def file(script: str, text: str = "SELECT 1") -> Migration:
    name = parse(script)
    assert name is not None
    return Migration(name, script, text, tuple(split(text, script)))


def ran(script: str, text: str = "SELECT 1", status: Status = "Success") -> HistoryRow:
    return HistoryRow(script, text, status)


FILES = {
    "by version, as numbers": (["V10__a.sql", "V9__b.sql", "V1.10__c.sql", "V1.9__d.sql"], [],
                               ["V1.9__d.sql", "V1.10__c.sql", "V9__b.sql", "V10__a.sql"]),
    "1.0.1 after 1.0": (["V1.0.1__a.sql", "V1__b.sql"], [], ["V1__b.sql", "V1.0.1__a.sql"]),
    "repeatable after versioned": (["R__a.sql", "V2__b.sql"], [], ["V2__b.sql", "R__a.sql"]),
    "repeatable by description": (["R__20_b.sql", "R__10_c.sql", "R__a.sql"], [],
                                  ["R__10_c.sql", "R__20_b.sql", "R__a.sql"]),
    "by folder, then description": (["b/R__1.sql", "a/R__2.sql", "R__9.sql", "a/R__1.sql", "V1__a.sql"], [],
                                    ["V1__a.sql", "R__9.sql", "a/R__1.sql", "a/R__2.sql", "b/R__1.sql"]),
    "what is applied of another folder": (["a/R__1.sql", "b/R__1.sql"], [ran("a/R__1.sql")], ["b/R__1.sql"]),
    "applied is done": (["V1__a.sql", "R__a.sql"], [ran("V1__a.sql"), ran("R__a.sql")], []),
    "only what is new": (["V1__a.sql", "V2__b.sql"], [ran("V1__a.sql")], ["V2__b.sql"]),
    "another spelling of the version": (["V1.0__a.sql"], [ran("V1__a.sql")], []),
    "another description": (["V1__b.sql"], [ran("V1__a.sql")], []),
    "failed": (["V1__a.sql"], [ran("V1__a.sql", status="Failed")], ["V1__a.sql"]),
    "failed and changed": (["V1__a.sql"], [ran("V1__a.sql", "SELECT", "Failed")], ["V1__a.sql"]),
    "never ended": (["V1__a.sql"], [ran("V1__a.sql", status="Started")], ["V1__a.sql"]),
    "failed, then succeeded": (["V1__a.sql"], [ran("V1__a.sql", status="Failed"), ran("V1__a.sql")], []),
    "repeatable changed": (["R__a.sql"], [ran("R__a.sql", "SELECT 0")], ["R__a.sql"]),
    "repeatable changed back": (["R__a.sql"], [ran("R__a.sql"), ran("R__a.sql", "SELECT 0")], ["R__a.sql"]),
    "repeatable changed back after a failure": (["R__a.sql"], [ran("R__a.sql"), ran("R__a.sql", "SELECT 0", "Failed")],
                                                ["R__a.sql"]),
    "failed below one that never ran": (["V1__a.sql", "V2__b.sql"], [ran("V2__b.sql", status="Failed")],
                                        ["V1__a.sql", "V2__b.sql"]),
    "versions of other files do not count": (["V1__a.sql"], [ran("R__5.sql"), ran("V9_odd.sql")], ["V1__a.sql"]),
}  # fmt: skip


@pytest.mark.parametrize(("scripts", "history", "expected"), FILES.values(), ids=FILES.keys())
def test_pending_in_order(scripts, history, expected):
    for found in ([file(script) for script in scripts], [file(script) for script in reversed(scripts)]):
        assert [pending.migration.script for pending in plan(found, history).pending] == expected


@pytest.mark.parametrize(
    ("script", "history", "reason"),
    [
        ("V1__a.sql", [], "new"),
        ("R__a.sql", [ran("R__a.sql", "SELECT 0")], "changed"),
        ("V1__a.sql", [ran("V1__a.sql", status="Failed")], "failed before"),
        ("R__a.sql", [ran("R__a.sql", "SELECT 0", "Failed")], "failed before"),
        ("V1__a.sql", [ran("V1__a.sql", status="Started")], "interrupted before"),
    ],
)
def test_a_pending_file_says_why(script, history, reason):
    planned = plan([file(script, "SELECT 1; SELECT 2")], history)
    assert [pending.reason for pending in planned.pending] == [reason]
    assert describe(planned) == [f"{script}  2 statements  {reason}"]


MISTAKES = {
    "changed": (["V1__a.sql"], [ran("V1__a.sql", "SELECT 0")], [("V1__a.sql", "changed after it was applied")]),
    "below the highest": (
        ["V1.9__a.sql", "V1.10__b.sql"],
        [ran("V1.10__b.sql")],
        [("V1.9__a.sql", "below version 1.10")],
    ),
    "below the highest, which is gone": (["V1__a.sql"], [ran("V2__b.sql")], [("V1__a.sql", "below version 2")]),
    "same version": (["V1__a.sql", "V1.0.0__b.sql"], [], [("V1.0.0__b.sql", "version of V1__a.sql")]),
    "same description": (["R__a.sql", "R__A.sql"], [], [("R__A.sql", "description of R__a.sql")]),
    "same description in a folder": (["a/R__a.sql", "a/R__A.sql"], [], [("a/R__A.sql", "description of a/R__a.sql")]),
    "all at once": (
        ["V1__a.sql", "V2__b.sql", "V2.0__c.sql", "V3__d.sql"],
        [ran("V1__a.sql", "SELECT 0"), ran("V3__d.sql")],
        [("V1__a.sql", "changed"), ("V2__b.sql", "below"), ("V2.0__c.sql", "version of"), ("V2.0__c.sql", "below")],
    ),
}


@pytest.mark.parametrize(("scripts", "history", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_every_mistake_is_told(scripts, history, told):
    with pytest.raises(UserError) as raised:
        plan([file(script) for script in scripts], history)
    lines = str(raised.value).splitlines()
    sentences = lines[1:] if len(told) > 1 else lines
    assert len(sentences) == len(told)
    for script, what in told:
        assert any(script in sentence and what in sentence for sentence in sentences)


def test_what_is_gone_is_a_warning():
    planned = plan([file("V2__b.sql")], [ran("V1__a.sql"), ran("R__x.sql", status="Failed"), ran("V2__b.sql")])
    assert planned.pending == ()
    assert [warning.split()[0] for warning in planned.warnings] == ["V1__a.sql", "R__x.sql"]
    assert describe(planned)[0] == "nothing to do"
    assert len(describe(planned)) == 3


@pytest.fixture
def folder(tmp_path):
    def write(files: dict[str, str | bytes]):
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def test_discovers_what_begins_as_a_migration_and_is_sql(folder):
    here = folder(
        {
            "V1.2.3__make_tables.sql": "-- why\nCREATE TABLE t (a INT);\nSELECT 1;",
            "R__views.sql": "SELECT '{{ v }}';",
            "README.md": "not SQL",
            "__init__.py": "",
            ".gitkeep": "",
            "invariants/anything.sql": "SELECT '",
        }
    )
    repeatable, versioned = discover(here, {"v": "x"})
    assert (versioned.name.kind, versioned.name.version, versioned.name.description) == ("V", "1.2.3", "make_tables")
    assert [(s.line, s.text) for s in versioned.statements] == [(2, "CREATE TABLE t (a INT)"), (3, "SELECT 1")]
    assert (repeatable.name.kind, repeatable.name.version, repeatable.script) == ("R", None, "R__views.sql")
    assert [s.text for s in repeatable.statements] == ["SELECT 'x'"]


def test_the_folder_of_a_dimension_is_one_by_its_name_and_its_files(folder):
    here = folder(
        {"V1__a.sql": "SELECT 1", "item/R__10_b.sql": "SELECT 1", "item/notes.md": "'", "R__a.sql": "SELECT 1"}
    )
    for other in ("Item/R__a.sql", "item-old/R__a.sql", ".item/R__a.sql", "invariants/01_a.sql", "empty/README.md"):
        folder({other: "SELECT '"})
    (here / "item/deeper").mkdir()
    (here / "item/deeper/R__a.sql").write_text("SELECT '")
    assert [each.script for each in discover(here, {})] == ["R__a.sql", "V1__a.sql", "item/R__10_b.sql"]


@pytest.mark.parametrize("name", ["V1__a.sql", "V2__a.sql", "r__a.sql", "R_a.sql"])
def test_a_dimension_has_repeatable_files_alone(folder, name):
    here = folder({"V1__a.sql": "SELECT 1", f"item/{name}": "SELECT 1"})
    with pytest.raises(UserError, match=rf"item/{name}: the name is not R__<description>\.sql, as the files of a dim"):
        discover(here, {})


def test_the_sql_beside_the_files_of_a_dimension_is_one_of_them(folder):
    with pytest.raises(UserError, match=r"item/tables\.sql: the name is not R__"):
        discover(folder({"V1__a.sql": "SELECT 1", "item/R__a.sql": "SELECT 1", "item/tables.sql": "SELECT 1"}), {})


@pytest.mark.parametrize(
    "name",
    ["V1_a.sql", "v1__a.sql", "r__a.sql", "R_a.sql", "V__a.sql", "V1.__a.sql", "V1__.sql", "V1__a.SQL", "V1__a.sql.bak",
     "V1___a.sql", "V1.x__a.sql", "V1,0__a.sql", "V1__a b.sql", "A__a.sql", "R1__a.sql", "tables.sql", "R__a.sql.jinja",
     "V٣__a.sql"],
)  # fmt: skip
def test_a_name_that_fits_no_pattern_is_refused(folder, name):
    with pytest.raises(UserError) as raised:
        discover(folder({"V1.0__fine.sql": "SELECT 1", name: "SELECT 1"}), {})
    assert name in str(raised.value)
    assert "V<version>__<description>.sql" in str(raised.value)


@pytest.mark.parametrize("name", ["README.md", "views.md", "run.py", "Vendor.txt", ".sqlfluff", "VERSION"])
def test_other_files_are_left_alone(folder, name):
    assert len(discover(folder({"V1.0__fine.sql": "SELECT 1", name: "'"}), {})) == 1


FAULTS = {
    "unterminated string": ("SELECT 1;\nSELECT 'a", "V2__a.sql:2: "),
    "unterminated body": ("AS $$", "V2__a.sql:1: "),
    "unknown variable": ("\n\n{{ nope }}", "V2__a.sql:3: "),
    "no statement": ("-- nothing\n;", "V2__a.sql: holds no statement"),
    "transaction": ("SELECT 1;\nBEGIN;\nDELETE FROM t;\nCOMMIT;", "V2__a.sql:2: "),
    "begin transaction": ("begin transaction;", "V2__a.sql:1: "),
    "block outside $$": ("CREATE PROCEDURE p() AS BEGIN\n  RETURN 1;\nEND;", "V2__a.sql:3: "),
    "not UTF-8": (b"SELECT '\xff'", "V2__a.sql: not UTF-8 at byte 8"),
}


@pytest.mark.parametrize(("content", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_in_a_file_is_told_with_its_place(folder, content, told):
    with pytest.raises(UserError) as raised:
        discover(folder({"V1__fine.sql": "SELECT 1", "V2__a.sql": content}), {})
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_faults_of_several_files_are_told_together(folder):
    with pytest.raises(UserError) as raised:
        discover(folder({"V1__a.sql": "'", "V1.0__b.sql": "SELECT 1", "V1.0.0__c.sql": "SELECT 1", "x.sql": ""}), {})
    for told in ("V1__a.sql:1: ", "V1.0__b.sql has the version of V1.0.0__c.sql", "x.sql: the name"):
        assert told in str(raised.value)


@pytest.mark.parametrize("allowed", ["BEGINNING", "ENDS", "EXECUTE IMMEDIATE $$ BEGIN RETURN 1; END $$"])
def test_words_that_only_begin_like_a_block_are_allowed(folder, allowed):
    assert len(discover(folder({"V1__a.sql": allowed}), {})) == 1


def test_an_unused_variable_is_refused(folder):
    here = folder({"V1__a.sql": "SELECT '{{ a }}'", "R__b.sql": "SELECT '{{ b }}'"})
    assert len(discover(here, {"a": "1", "b": "2"})) == 2
    with pytest.raises(UserError, match="variable buket"):
        discover(here, {"a": "1", "b": "2", "buket": "x"})


@pytest.mark.parametrize("make", [lambda path: path / "missing", lambda path: path])
def test_a_folder_without_migrations_is_refused(tmp_path, make):
    with pytest.raises(UserError, match="name the folder"):
        discover(make(tmp_path), {})


def test_checksums(folder):
    text = "SELECT '{{ v }}';\n"
    repeatable, versioned = discover(folder({"V1__a.sql": text, "R__a.sql": text}), {"v": "x"})
    assert versioned.checksum == hashlib.sha224(text.encode()).hexdigest()
    assert repeatable.checksum == hashlib.sha224(b"SELECT 'x';\n").hexdigest()


@pytest.mark.parametrize("written", [b"SELECT 1;\r\nSELECT 2;\r\n", b"\xef\xbb\xbfSELECT 1;\nSELECT 2;\n"])
def test_line_ends_and_byte_order_mark_change_no_checksum(folder, written):
    (plain,) = discover(folder({"V1__a.sql": "SELECT 1;\nSELECT 2;\n"}), {})
    assert discover(folder({"V1__a.sql": written}), {}) == [plain]


def test_the_runner_loads_no_driver_and_no_third_party():
    code = (
        "import sys; before = {name.split('.')[0] for name in sys.modules}\n"
        "import customertrack.migrations, customertrack.sqltext.statements, customertrack.sqltext.variables\n"
        "new = {name.split('.')[0] for name in sys.modules} - before - set(sys.stdlib_module_names)\n"
        "print(*sorted(new))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["customertrack"]
