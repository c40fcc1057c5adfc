"""`dimension new`: a definition from files, written once."""

from pathlib import Path

import duckdb
import pytest

from tests.cli.program import Program

ORDERS = """\
Order ID,customer,amount,zip,op,last_modified
1,Ann Lee,12.50,01234,I,2026-01-01 10:00:00
1,Ann Lee,13.50,01234,U,2026-01-02T10:00:00Z
2,Bob,1000,99999,D,2026-01-03 10:00:00
"""
GUESSED = """\
# Guessed from 3 rows of orders.csv. Look at each line that says unsure.
dimension = "orders"

[feed]
kind   = "changes"
format = "csv"
time   = "last_modified"
op     = { column = "op", upsert = ["", "I", "U"], delete = ["D"] }

[key]
order_id = { type = "integer", from = "Order ID" }

[attributes]
customer = "text(20)"
amount   = "number(12,2)"
zip      = "text(10)"
"""


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in the current folder, which has nothing else."""
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text(ORDERS)
    return Path("orders.csv")


def test_a_definition_in_the_current_folder(nowhere: Program, orders: Path):
    ran = nowhere.done("dimension", "new", "orders", "--from", orders)
    assert (ran.out, ran.err) == ("", "wrote dimensions/orders.toml\n1 definition, no faults\n")
    assert Path("dimensions/orders.toml").read_text() == GUESSED
    assert nowhere.done("dimension", "check").err == "1 definition, no faults\n"


def test_one_that_is_there_is_not_overwritten(nowhere: Program, orders: Path):
    Path("dimensions").mkdir()
    Path("dimensions/orders.toml").write_text("mine")
    ran = nowhere("dimension", "new", "orders", "--from", orders)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "already" in ran.err
    assert Path("dimensions/orders.toml").read_text() == "mine"


def test_into_another_project_from_several_files(nowhere: Program, orders: Path, tmp_path: Path):
    (tmp_path / "project").mkdir()
    Path("more.csv").write_text(ORDERS.replace("Bob", "Bartholomew Roberts"))
    ran = nowhere.done("dimension", "--project", tmp_path / "project", "new", "orders", "--from", orders, "more.csv")
    assert str(tmp_path / "project/dimensions/orders.toml") in ran.err
    written = (tmp_path / "project/dimensions/orders.toml").read_text()
    assert "6 rows of orders.csv and 1 more" in written
    assert 'customer = "text(40)"' in written
    assert not Path("dimensions").exists()


def test_from_the_files_of_a_folder_that_have_rows(nowhere: Program, orders: Path):
    Path("more").mkdir()
    Path("more/README").write_text("no file of it")
    for name, content in (("a.csv", ORDERS), ("b.csv", ORDERS), ("c.csv", ORDERS.partition("\n")[0])):
        (Path("more") / name).write_text(content)
    nowhere.done("dimension", "new", "orders", "--from", "more")
    assert "6 rows of a.csv and 1 more" in Path("dimensions/orders.toml").read_text()


PARQUET = {
    "nothing": (lambda whole: b"", "There is no row in rows.parquet; give a file with some."),
    "a part": (lambda whole: whole[: len(whole) // 2], "it is cut: a Parquet file has its mark at both ends; copy it"),
    "text": (lambda whole: b"id,at\n1,2026-01-01\n", "rows.parquet: it is no Parquet; save it as Parquet."),
    "a damaged page": (
        lambda whole: whole[:50] + bytes(2000) + whole[2050:],
        "Error parsing the file 'rows.parquet': it is no Parquet file that can be read: ",
    ),
    "no row": (None, "There is no row in rows.parquet; give a file with some."),
}


@pytest.mark.parametrize("content", PARQUET)
def test_of_parquet_that_cannot_be_read_it_says_why(nowhere: Program, orders: Path, content: str):
    damage, told = PARQUET[content]
    rows = 1000 if damage else 0
    duckdb.sql(f"SELECT range AS id, hash(range) AS a, '2026-01-01' AS at FROM range({rows})").write_parquet(
        "rows.parquet"
    )
    path = Path("rows.parquet")
    path.write_bytes(damage(path.read_bytes()) if damage else path.read_bytes())
    ran = nowhere("dimension", "new", "orders", "--from", path)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert told in ran.err
    assert "copy it again, whole" in ran.err or "save it" in ran.err or "give a file" in ran.err


def test_without_a_header_it_says_how_to_have_names(nowhere: Program, orders: Path):
    Path("rows.csv").write_text("1,Ann,2026-01-01 10:00:00\n2,Bob,2026-01-02 10:00:00\n")
    ran = nowhere("dimension", "new", "orders", "--from", "rows.csv")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "The first line of rows.csv is a row and names no columns: 2026-01-01 10:00:00 is a time." in ran.err
    assert "then write columns = [...] into [feed]" in ran.err
    Path("rows.csv").write_text("1,Ann\n2,Bob\n")
    assert "Its first line looks like a row" in nowhere("dimension", "new", "orders", "--from", "rows.csv").err


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_of_other_formats_it_is_one_that_runs(nowhere: Program, orders: Path, form: str):
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM read_csv('{orders}')) TO 'orders.{form}' (FORMAT {form})")
    nowhere.done("dimension", "new", "orders", "--from", f"orders.{form}")
    nowhere.done("dimension", "render")
    told = nowhere.done("ingest", "--dimension", "orders", f"orders.{form}").err
    assert "0 rejects" in told
    assert 'order_id = { type = "integer", from = "Order ID" }' in Path("dimensions/orders.toml").read_text()


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_what_stands_between_fields_is_seen(
    nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delimiter: str
):
    monkeypatch.chdir(tmp_path)
    rows = [["id", "changed_at", "a,b"], ["1", "2026-01-01", "x,y"], ["2", "2026-01-02", "z"]]
    Path("rows.csv").write_text("".join(delimiter.join(row) + "\n" for row in rows))
    nowhere.done("dimension", "new", "orders", "--from", "rows.csv")
    nowhere.done("dimension", "render")
    assert "2 rows = 2 events + 0 rejects" in nowhere.done("ingest", "--dimension", "orders", "rows.csv").err


def test_columns_with_letters_beyond_ascii(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("id,Straße,Geändert am\n1,Am Ring,2026-01-01\n", encoding="utf-8")
    nowhere.done("dimension", "new", "orders", "--from", "rows.csv")
    nowhere.done("dimension", "render")
    assert "1 row = 1 event + 0 rejects" in nowhere.done("ingest", "--dimension", "orders", "rows.csv").err
    assert nowhere.done("query", "SELECT stra_e FROM orders", "--format", "csv").out == "stra_e\nAm Ring\n"


def test_a_header_of_another_encoding(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("id,Geändert am\n1,2026-01-01\n", encoding="windows-1252")
    ran = nowhere("dimension", "new", "orders", "--from", "rows.csv")
    assert (ran.code, "The header of rows.csv is not UTF-8" in ran.err) == (1, True)
    assert not Path("dimensions").exists()


def test_json_has_a_null_of_its_own(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    rows = ['{"id": 1, "at": "2026-01-01", "amount": "NULL"}', '{"id": 2, "at": "2026-01-01", "amount": "2.5"}']
    Path("rows.json").write_text("".join(f"{row}\n" for row in rows))
    assert "1 definition, no faults" in nowhere.done("dimension", "new", "orders", "--from", "rows.json").err


def test_a_name_that_is_no_path_is_left_out_and_told(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("rows.json").write_text('{"id": 1, "changed_at": "2026-01-01", "a.b": 1, "c": 2}\n')
    nowhere.done("dimension", "new", "orders", "--from", "rows.json")
    written = Path("dimensions/orders.toml").read_text()
    assert '# "a.b" is left out: a name with a dot, a quote, a backslash or * is no path' in written


WRONG = {
    "no such file": (["orders", "--from", "nowhere.csv"], 2),
    "a folder with files of two formats": (["orders", "--from", "."], 2),
    "a folder without files": (["orders", "--from", "empty"], 2),
    "a pattern that the shell did not see": (["orders", "--from", "order*.csv"], 2),
    "files of two formats": (["orders", "--from", "orders.csv", "orders.json"], 2),
    "a file of no format": (["orders", "--from", "orders.txt"], 2),
    "a reserved word": (["order", "--from", "orders.csv"], 2),
    "a name with a path in it": (["../orders", "--from", "orders.csv"], 2),
    "a file that cannot be read": (["orders", "--from", "broken.csv"], 1),
    "a file without times": (["orders", "--from", "timeless.csv"], 1),
}


@pytest.mark.parametrize(("words", "code"), WRONG.values(), ids=WRONG.keys())
def test_what_nothing_is_written_for(nowhere: Program, orders: Path, words: list[str], code: int):
    for name, content in (
        ("orders.json", "{}"),
        ("orders.txt", ORDERS),
        ("broken.csv", 'a\n"b'),
        ("timeless.csv", "a\n1\n"),
    ):
        Path(name).write_text(content)
    Path("empty").mkdir()
    ran = nowhere("dimension", "new", *words)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (code, "", 1)
    assert not Path("dimensions").exists()
