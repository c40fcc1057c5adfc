"""Whatever somebody writes gets a list of faults, and whatever is guessed from a CSV file is a definition."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from customertrack.dimension.checks import check
from customertrack.dimension.guess_text import guessed
from customertrack.dimension.places import lines
from customertrack.dimension.reading import read
from customertrack.errors import UserError
from customertrack.local.sampling import sampled
from tests.dimension.definitions import Path as File
from tests.dimension.definitions import faults_of

_KNOWN = """
    dimension feed key attributes history storage generate kind format time op files null sequence initial missing
    layout guard column upsert delete truncate file max_deleted min_rows type change retired was since before from keep
    rate faker name thing_id
"""
_WORDS = _KNOWN.split()
_TEXTS = (
    "changes",
    "snapshots",
    "csv",
    "json",
    "integer",
    "text(10)",
    "number(3,2)",
    "text(99999999999999999999)",
    "first",
)
_TEXTS += ("debezium", "(a", "a{99999999999}", "1900-01-01", "keep", "version", "*", "")
_VALUES = st.recursive(
    st.one_of(
        st.sampled_from(_TEXTS),
        st.text(max_size=5),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=True),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(_WORDS), st.text(max_size=3)), inner, max_size=5),
    ),
    max_leaves=20,
)
_TABLES = st.dictionaries(st.sampled_from(_WORDS[:7]), st.dictionaries(st.sampled_from(_WORDS), _VALUES, max_size=8))


def toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{toml(name)} = {toml(each)}' for name, each in value.items())}}}"
    return str(value)


@given(_TABLES)
def test_any_definition_has_faults_or_none(tables: Mapping[str, Mapping[str, Any]]):
    text = "".join(
        f"[{table}]\n" + "".join(f"{toml(word)} = {toml(value)}\n" for word, value in words.items())
        for table, words in tables.items()
    )
    faults = faults_of(text)
    assert faults
    assert all(1 <= fault.line <= 1 + text.count("\n") and "\n" not in str(fault.file) for fault in faults)
    # Every word has a place: none was taken for a part of a value, and no part of a value for a word.
    known = {path for path in lines(text) if len(path) == 2}
    assert known == {(table, word) for table, words in tables.items() for word in words}


_FIELDS = st.one_of(
    st.sampled_from(
        ["", "1", "007", "2.50", "true", "2026-01-01", "2026-01-01 10:00:00", "1767225600", "NULL", "D", "U"]
    ),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
)
_HEADERS = st.lists(
    st.one_of(
        st.sampled_from(["id", "op", "updated_at", "Order ID", "select", "valid_from", "ts"]),
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1, max_size=8),
    ),
    min_size=3,
    max_size=6,
    unique_by=str.casefold,
)


@given(st.data())
def test_any_csv_file_has_a_guess_that_is_a_definition(data: st.DataObject):
    header = data.draw(_HEADERS)
    rows = data.draw(st.lists(st.lists(_FIELDS, min_size=len(header), max_size=len(header)), min_size=1, max_size=8))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([[*header, "changed_at"], *([*row, f"2026-01-0{at}"] for at, row in enumerate(rows, start=1))])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        file.write_text(written.getvalue(), encoding="utf-8", newline="")
        try:
            with sampled([file], "csv") as sample:
                text = guessed("thing", sample, "csv", "rows.csv")
        except UserError as refused:
            # Names that are one to the warehouse, or a time column that the header has too.
            assert "times" in str(refused)
            return
    definition, faults = read(text.encode(), File("thing.toml"))
    assert check(definition, faults) == []
