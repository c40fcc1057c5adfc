"""JSON lines and Parquet on the command line: what is taken, what is told of it, and what is left out."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.cli.program import Program

DEFINITION = """
dimension = "gadget"
[feed]
kind = "changes"
format = "json"
time = "at"
[key]
id = "integer"
[attributes]
name = "text(20)"
city = { type = "text(20)", from = "address.city" }
"""


@pytest.fixture
def gadget(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.chdir(tmp_path)
    Path("dimensions").mkdir()
    Path("dimensions/gadget.toml").write_text(DEFINITION)
    nowhere.done("dimension", "render")
    return nowhere


def ingest(gadget: Program, name: str, content: bytes) -> tuple[int, str]:
    """The exit code, and what is told of a file."""
    Path(name).write_bytes(content)
    ran = gadget("ingest", "--dimension", "gadget", name)
    assert (ran.out, "Traceback" in ran.err) == ("", False)
    return ran.code, ran.err


def test_rows_of_json_are_in_the_tables(gadget: Program):
    code, told = ingest(gadget, "a.jsonl", b'{"id":1,"at":"2026-01-01","name":"Ann","address":{"city":"Rome"}}')
    assert code == 0
    assert "1 row = 1 event + 0 rejects" in told
    assert "Rome" in gadget.done("history", "--dimension", "gadget", "1").out


def test_what_is_spread_over_lines_is_told_in_a_sentence(gadget: Program):
    code, told = ingest(gadget, "a.json", b'[\n {"id": 1,\n  "at": "2026-01-01"}\n]\n')
    assert code == 0
    assert "a.json: all 4 lines are no JSON object, and so a reject; an object that is spread over lines" in told
    code, told = ingest(gadget, "b.json", b'{"id":1,"at":"2026-01-01"}\nx\n')
    assert "b.json: 1 line is no JSON object, or more than one, and so a reject" in told
    assert "invalid_record" in gadget.done("rejects", "--dimension", "gadget").out


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (b'{"id":"x","at":"2026-01-01"}\n', "its only row is a reject"),
        (b'{"at":"2026-01-01"}\n{"id":2}\n', "all 2 rows are rejects"),
        (b'{"ID":1,"at":"2026-01-01"}\n{}\n', "all 2 rows are rejects"),
    ],
)
@pytest.mark.parametrize("form", ["json", "parquet"])
def test_a_file_of_rejects_alone_is_told(gadget: Program, form: str, rows: bytes, told: str):
    name = f"a.{form}"
    Path(name).write_bytes(rows)
    if form == "parquet":
        Path("dimensions/gadget.toml").write_text(DEFINITION.replace('"json"', '"parquet"'))
        shutil.rmtree("sql")
        gadget.done("dimension", "render")
        duckdb.sql(f"FROM read_json('{name}', format = 'newline_delimited')").write_parquet(name)
    ran = gadget("ingest", "--dimension", "gadget", name)
    assert (ran.code, f"{name}: {told}\n" in ran.err) == (0, True)
    assert len(json.loads(gadget.done("rejects", "--dimension", "gadget", "--format", "json").out)) == rows.count(b"\n")


def test_a_file_of_rejects_alone_without_a_header_is_told_the_order_of_its_columns(gadget: Program):
    text = DEFINITION.replace('format = "json"', 'format = "csv"\ncolumns = ["id", "at", "name", "city"]')
    Path("dimensions/gadget.toml").write_text(text.replace("address.city", "city"))
    shutil.rmtree("sql")
    gadget.done("dimension", "render")
    code, told = ingest(gadget, "a.csv", b"1,,Ann,Rome\n2,,Bob,Oslo\n")
    assert code == 0
    assert "all 2 rows are rejects, as there is no at; a line has, in this order, id, at, name, city\n" in told


@pytest.mark.parametrize(("layout", "field"), [("debezium", "op"), ("debezium_flat", "__op")])
def test_events_of_another_layout_are_told_by_what_they_lack(gadget: Program, layout: str, field: str):
    """They are objects of JSON, each on its line."""
    Path("dimensions/gadget.toml").write_text(DEFINITION.replace('time = "at"', f'layout = "{layout}"'))
    shutil.rmtree("sql/gadget")
    gadget.done("dimension", "render")
    for name, lines in (
        ("a.json", [b'{"id":1}', b'{"id":2}']),
        ("b.json", [b'{"id":1}', b'{"%s":"r"}' % field.encode()]),
    ):
        code, told = ingest(gadget, name, b"\n".join([*lines, b""]))
        number = "all 2 lines are" if name == "a.json" else "1 line is"
        said = f"{name}: {number} no JSON object that has {field}, as each event of {layout} does, and so a reject"
        assert (code, said in told) == (0, True)
        assert "jq" not in told


def test_a_file_of_another_format_is_left_out_with_a_sentence(gadget: Program):
    assert "a.json: it is Parquet; save it as JSON lines in UTF-8" in ingest(gadget, "a.json", b"PAR1....PAR1")[1]
    code, told = ingest(gadget, "a.csv", b"id,at\n1,2026-01-01\n")
    assert code == 2
    assert 'a.csv is called like CSV, and gadget has format = "json"; land it as JSON, or in a dimension with' in told
    assert "a.txt is no JSON file by its name; rename it to end in .json, .jsonl" in ingest(gadget, "a.txt", b"{}\n")[1]
    code, told = ingest(gadget, "c.json", b"\n\n")
    assert "nothing landed, because it holds no line of text" in told


def test_json_that_is_called_csv_is_told(program: Program, tmp_path: Path):
    (tmp_path / "a.csv").write_text('{"customer_id": 1, "updated_at": "2026-01-01"}\n')
    ran = program("ingest", tmp_path / "a.csv")
    assert ran.code == 1
    assert 'a.csv: it is JSON; save it as CSV, or have a dimension with format = "json"' in ran.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PAR1 and then nothing", "it is cut: a Parquet file has its mark at both ends; copy it again, whole"),
        (b"id,at\n1,2026-01-01\n", "it is no Parquet; save it as Parquet"),
        (b"PK\x03\x04", "it is compressed (zip)"),
    ],
)
def test_what_is_no_parquet_never_lands(gadget: Program, content: bytes, told: str):
    Path("dimensions/gadget.toml").write_text(DEFINITION.replace('"json"', '"parquet"'))
    shutil.rmtree("sql")
    gadget.done("dimension", "render")
    code, err = ingest(gadget, "a.parquet", content)
    assert (code, told in err) == (1, True)


def test_what_has_landed_in_one_format_goes_on_in_it(gadget: Program):
    Path("dimensions/gadget.toml").write_text(DEFINITION.replace('"json"', '"parquet"'))
    ran = gadget("dimension", "render")
    assert ran.code == 1
    assert "The files were JSON, and are Parquet now: another way of landing is another dimension" in ran.err


def test_fields_that_are_new_or_gone_are_told(gadget: Program):
    told = ingest(gadget, "a.json", b'{"id":1,"at":"2026-01-01","name":"x","address":{"city":"Rome","zip":"1"}}\n')[1]
    assert "not known" not in told
    assert "\nfields " not in gadget.done("status").out
    Path("dimensions/gadget.toml").write_text(DEFINITION.replace("address.city", "address.town"))
    gadget.done("dimension", "render")
    gadget.done("migrate")
    rows = b'{"id":1,"at":"2026-01-02","name":"x"}\n{"id":1,"at":"2026-01-02","name":"x","size":7}\n'
    Path("b.json").write_bytes(rows)
    ran = gadget("ingest", "--dimension", "gadget", "--strict", "b.json")
    assert (ran.code, "b.json: fields not known, and ignored: size\n" in ran.err) == (1, True)
    told = gadget.done("status").out
    # Its sample has the first row of each file.
    assert "fields           in none of the newest records: address.town\n" in told


def test_columns_of_parquet_are_told_as_those_of_csv(gadget: Program):
    moved = DEFINITION.replace('"json"', '"parquet"').replace(
        'id = "integer"', 'id = { type = "integer", before = "Was" }'
    )
    Path("dimensions/gadget.toml").write_text(moved)
    shutil.rmtree("sql")
    gadget.done("dimension", "render")
    duckdb.sql("SELECT 1 AS id, '2026-01-01' AS at, 2 AS size, 'x' AS nane").write_parquet("a.parquet")
    ran = gadget("ingest", "--dimension", "gadget", "--strict", "a.parquet")
    assert ran.code == 1
    told = "a.parquet: columns not known, and ignored: size, nane (nearest: name); columns missing: "
    assert f"{told}name, address.city (NULL in every row); Was (no change of key is seen)\n" in ran.err
