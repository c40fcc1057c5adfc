"""How files look before they are loaded: the same facts, whatever format they are in."""

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from snowglobe import errors, profile

COUNTED = {"whole": "[0-9]+", "x": "x"}
MEASURED = {"fraction": r"[0-9]+\.([0-9]+)"}
ROWS = [
    {"id": "1", "Name": "Ann", "price": "7.25"},
    {"id": "22", "Name": None, "price": "x"},
    {"id": "1", "Name": "Ann", "price": "7.25"},
]


def csv_file(path: Path, rows: list[dict[str, str | None]]) -> Path:
    lines = [",".join(rows[0]), *(",".join(value or "" for value in row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def json_file(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def parquet_file(path: Path, sql: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path


@pytest.fixture(params=["csv", "json", "parquet"])
def same_rows(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    values = ", ".join(str(tuple(row.values())).replace("None", "NULL") for row in ROWS)
    made = {
        "csv": lambda: csv_file(tmp_path / "rows.csv", ROWS),
        "json": lambda: json_file(tmp_path / "rows.json", [dict(row) for row in ROWS]),
        "parquet": lambda: parquet_file(tmp_path / "rows.parquet", f'FROM (VALUES {values}) AS r (id, "Name", price)'),
    }
    return made[request.param](), request.param


def test_the_facts_of_columns(same_rows: tuple[Path, str]):
    path, form = same_rows
    with profile([path], form) as found:
        assert (found.rows, found.names) == (3, ("id", "Name", "price"))
        key = found.column("id", COUNTED, MEASURED)
        assert (key.filled, key.distinct, key.longest, key.values) == (3, 2, 2, ("1", "22"))
        assert (key.matching, key.longest_part) == ({"whole": 3, "x": 0}, {"fraction": 0})
        name, price = (found.column(each, COUNTED, MEASURED) for each in ("Name", "price"))
        assert (name.filled, name.values, name.nested) == (2, ("Ann",), 0)
        assert (price.matching, price.longest_part) == ({"whole": 0, "x": 1}, {"fraction": 2})
        assert [found.distinct_rows(names) for names in (["id"], ["Name"], ["id", "Name", "price"])] == [2, 2, 2]


def test_many_values_are_not_told(tmp_path: Path):
    rows: list[dict[str, str | None]] = [{"id": str(number)} for number in range(13)]
    with profile([csv_file(tmp_path / "rows.csv", rows)], "csv") as found:
        assert found.column("id", {}, {}).values == ()
        assert found.column("id", {}, {}).distinct == 13


def test_files_are_one_table_by_the_names_of_their_columns(tmp_path: Path):
    one = csv_file(tmp_path / "one.csv", [{"id": "1", "a": "x"}])
    other = csv_file(tmp_path / "[two].csv", [{"b": "y", "ID": "2"}])
    with profile([one, other], "csv") as found:
        assert (found.rows, found.names) == (2, ("id", "a", "b"))
        assert found.column("id", {}, {}).values == ("1", "2")


def test_json_keeps_what_is_written(tmp_path: Path):
    row = {
        "code": "007",
        "big": 12345678901234567890123,
        "day": "2026-01-01",
        "in": {"a": [1]},
        "list": [1],
        "no": None,
    }
    plain = json_file(tmp_path / "rows.jsonl", [row, {"late": True}])
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        with profile([path], "json") as found:
            columns = {name: found.column(name, {}, {}) for name in found.names}
            assert {name: column.values for name, column in columns.items()} == {
                "code": ("007",), "big": ("12345678901234567890123",), "day": ("2026-01-01",), "in": ('{"a":[1]}',),
                "list": ("[1]",), "no": (), "late": ("true",),
            }  # fmt: skip
            assert [name for name, column in columns.items() if column.nested] == ["in", "list"]


def test_parquet_has_values_as_text(tmp_path: Path):
    sql = """SELECT 7.50::DECIMAL(9, 2) AS price, DATE '2026-01-02' AS day, {'a': 1} AS inside, [1, 2] AS list,
        TIMESTAMPTZ '2026-01-01 10:00:00+02' AS at, TRUE AS yes"""
    with profile([parquet_file(tmp_path / "rows.parquet", sql)], "parquet") as found:
        columns = [found.column(name, {}, {}) for name in found.names]
        assert [column.values[0] for column in columns] == [
            "7.50", "2026-01-02", '{"a":1}', "[1,2]", "2026-01-01 08:00:00+00", "true",
        ]  # fmt: skip
        assert [column.name for column in columns if column.nested] == ["inside", "list"]


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("array.json", b'[{"a": 1}]\n', "json"),
        ("text.json", b"Ann, Lee\n", "json"),
        ("empty.json", b"", "json"),
        ("text.parquet", b"Ann, Lee, and more of it\n", "parquet"),
        ("empty.csv", b"", "csv"),
        ("twice.csv", b"a,A\n1,2\n", "csv"),
    ],
)
def test_a_file_that_is_something_else(tmp_path: Path, name: str, content: bytes, form: str):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(errors.ProgrammingError, match=f"{name}'") as refused, profile([tmp_path / name], form):
        pass
    assert "\n" not in refused.value.msg
