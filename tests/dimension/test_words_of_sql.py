"""An attribute may be called like any word of SQL that is not refused: each statement takes it for a column."""

import re
from datetime import datetime

import duckdb
import pytest
from sqlglot.dialects.snowflake import Snowflake

from customertrack.dimension.names import METADATA
from customertrack.dimension.reserved import RESERVED
from tests.csv_text import csv_text
from tests.dimension.landed import LandedFile
from tests.dimension.warehouse import dimension

GROUPS = 3
DEFINITION = """
dimension = "thing"

[feed]
kind = "changes"
format = "csv"
time = "happened"

[key]
number = "integer"

[attributes]
"""


def words() -> list[str]:
    """What DuckDB, and what sqlglot of Snowflake, takes for a word of SQL."""
    with duckdb.connect() as connection:
        found = {word for (word,) in connection.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()}
    found |= {keyword.split()[0].lower() for keyword in Snowflake.Tokenizer.KEYWORDS}
    return sorted(word for word in found - RESERVED - METADATA - {"number"} if re.fullmatch(r"[a-z]\w*", word))


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_word_that_is_not_refused_is_a_name(group: int):
    names = words()[group::GROUPS]
    text = DEFINITION + "".join(f'{name} = "text(9)"\n' for name in names)
    times = ["2026-01-01", "2026-01-03", "2026-01-02"]
    rows = [{"number": "1", "happened": time, **dict.fromkeys(names, time[-1])} for time in times]
    with dimension(text) as made:
        for at, row in enumerate(rows):
            content = csv_text(["number", "happened", *names], [row]).encode()
            made.land([LandedFile(f"{at}.csv", content, datetime(2026, 2, 1 + at))])
        assert [[row[name] for name in names] for row in made.history()] == [[day] * len(names) for day in "123"]
        assert made.offences() == {}
