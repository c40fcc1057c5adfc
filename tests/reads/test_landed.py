"""A landed row, as it landed."""

from customertrack.described import tables_of
from customertrack.reads.landed import landed_row
from tests.reads.test_timeline import landed

QUOTED = """
dimension = "tariff"
feed = { kind = "changes", format = "csv", time = "at" }
key = { code = "text(5)" }

[attributes]
start = "text(10)"
label = { type = "text(20)", from = "The Label" }
"""


def test_a_landed_row_names_its_columns_as_the_file_does():
    with landed(QUOTED, "code,start,The Label,at\nA,x,y,2026-01-01\n") as made:
        row = landed_row(made.connection, tables_of(made.definition), "landing/tariff/1.csv", 1)
        assert row
        assert not [name for name, _ in row.rows if '"' in name]
        assert {name.lower(): value for name, value in row.rows}["start"] == "x"
