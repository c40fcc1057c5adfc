"""Files of every format and layout that were loaded and not understood, and those that were: with what is granted."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path

import duckdb
import pytest

from customertrack.dimension.render import render
from customertrack.local.home import DATABASE, VARIABLES
from customertrack.sqltext.statements import split
from customertrack.sqltext.variables import substitute
from lambdas.dimension import Dimension
from lambdas.migrate import grants
from lambdas.watch import invariants
from lambdas.watch.event import questions
from lambdas.watch.feed import landing
from lambdas.watch.metric import Metric
from lambdas.watch.watch import Source, parts, use, watch
from snowglobe import FolderBucket, connect
from tests.dimension import warehouse
from tests.dimension.landed import LandedFile
from tests.feeds.feed import FEEDS, LOADED_AT, Feed
from tests.lambdas.watched import ERRORS, STORAGE, trusted

ROOT = "s3://customertrack-home/landing/"
Misread = Callable[[], list[str]]


@contextmanager
def watched(text: str) -> Iterator[tuple[warehouse.Dimension, Misread]]:
    """A dimension into which files can land, and what the watch says of all of them, with no more than its grants.

    What it asks beside that can be asked, and finds nothing.
    """
    with warehouse.dimension(text, LOADED_AT) as made:

        def misread() -> list[str]:
            trusted(made.connection)
            grants.grant(made.connection, granted(made))
            made.connection.close()
            found = published(made, text)
            quiet = {"InvariantOffences", "StreamLagMinutes", "TaskFailures", "PipePendingFiles"}
            assert {(metric.name, metric.value) for metric in found if metric.name in quiet} == {(n, 0) for n in quiet}
            (of_files,) = (metric for metric in found if metric.name == "FilesMisread")
            assert of_files.value == len(of_files.note.splitlines())
            return of_files.note.splitlines()

        yield made, misread


def published(made: warehouse.Dimension, text: str) -> list[Metric]:
    """Whatever there is to ask, by the role of the watch."""
    now = (LOADED_AT + timedelta(minutes=5)).replace(tzinfo=UTC)
    for path, query in render(made.definition).items():
        if path.startswith("invariants/"):
            (made.folder / made.name / path).parent.mkdir(parents=True, exist_ok=True)
            (made.folder / made.name / path).write_text(query)
    (made.folder / f"{made.name}.toml").write_text(text)
    session = connect(
        made.folder / "warehouse.duckdb",
        database_name=DATABASE,
        role=VARIABLES["watch_role"],
        buckets={"customertrack-home": FolderBucket(made.folder)},
        clock=lambda: LOADED_AT + timedelta(minutes=5),
    )
    use(session, DATABASE)
    source = Source(session, "CUSTOMERTRACK_DEV", [landing(made.folder, Dimension(made.name), ROOT)])
    queries = {made.name: invariants.queries(made.folder, made.name)}
    asked = questions({"counted_minutes": 60, "invariants": True, "landing": True}, now)
    found: list[Metric] = []
    watch(parts(source, asked, trusts=[], queries=queries, now=now), found.extend)
    session.close()
    return found


def granted(made: warehouse.Dimension) -> list[str]:
    """The statements that grant the watch what it may."""
    variables = {**VARIABLES, "storage_integration": STORAGE, "error_integration": ERRORS}
    text, _ = substitute(render(made.definition)[grants.SCRIPT], variables, grants.SCRIPT)
    return [each.text for each in split(text, grants.SCRIPT) if each.text.startswith("GRANT ")]


def parquet(name: str, select: str) -> LandedFile:
    """A Parquet file of the rows of a query."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
        return LandedFile(name, path.read_bytes(), LOADED_AT)


def lines(name: str, *rows: str) -> LandedFile:
    """A text file."""
    return LandedFile(name, "".join(f"{row}\n" for row in rows).encode(), LOADED_AT)


# Those of other databases differ in what the rows say, which nobody here reads.
_ALIKE = ("mysql", "oracle", "sqlserver", "aiven", "with_schema")


@pytest.mark.parametrize("name", [feed.name for feed in FEEDS if not feed.name.endswith(_ALIKE)])
def test_files_as_their_sources_write_them_are_understood(name: str):
    feed = Feed(name)
    with watched(feed.text) as (made, misread):
        made.land(feed.files(), each=False)
        # Of one all rows are rejects, because its numbers came as bytes.
        assert misread() == REJECTED.get(name, [])


REJECTED = {
    "debezium_postgres_defaults": [
        "shop.public.account+1+0000000000.json: all of its 7 rows that say something are rejects, "
        "such as invalid_balance"
    ]
}


def definition(form: str, *words: str) -> str:
    """Of products in a format, with more words of its feed."""
    feed = [f'format = "{form}"', 'kind = "changes"', 'time = "at"', *words]
    rest = """
[key]
sku = "text(9)"

[attributes]
name = "text(9)"
city = { type = "text(9)", from = "to.city" }
"""
    return "\n".join(['dimension = "item"', "[feed]", *feed]) + rest


PARQUET = definition("parquet")
WHOLE = "SELECT 'a' AS sku, '2026-01-01' AS at, 'x' AS name, {'city': 'Rome'} AS \"to\", 1 AS more"


def test_of_parquet_the_columns_that_are_gone_are_told_and_those_that_are_more_are_kept():
    with watched(PARQUET) as (made, misread):
        made.land(
            [
                parquet("fine.parquet", WHOLE),
                parquet("gone.parquet", "SELECT 'a' AS sku, '2026-01-01' AS at, 'x' AS name, 'Rome' AS city"),
                parquet("case.parquet", WHOLE.replace("AS name", 'AS "Name"')),
                parquet("none.parquet", f"{WHOLE} LIMIT 0"),
                LandedFile("cut.parquet", b"PAR1", LOADED_AT),
                parquet("bad.parquet", WHOLE.replace("2026-01-01", "soon")),
            ]
        )
        said = misread()
    assert said[0] == "bad.parquet: all of its 1 rows are rejects, such as invalid_at"
    assert said[1] == "case.parquet: missing columns, NULL in every row: name"
    assert said[2].startswith("cut.parquet: left out (")
    assert said[3] == "gone.parquet: missing columns, NULL in every row: to"
    assert said[4] == "none.parquet: has no rows: if rows come later, land them under another name"
    assert len(said) == 5


def test_where_what_is_missing_is_kept_a_file_need_not_have_a_column():
    with watched(definition("parquet", 'missing = "keep"')) as (made, misread):
        made.land([parquet("part.parquet", "SELECT 'a' AS sku, '2026-01-01' AS at, 'x' AS name")])
        assert misread() == []


def test_of_json_no_columns_are_read_but_what_became_of_its_rows_is_told():
    with watched(definition("json")) as (made, misread):
        made.land(
            [
                lines("a.json", '{"sku": "a", "at": "2026-01-01", "more": 1}', "no JSON"),
                lines("b.json", "[1]", '{"sku": "b"} {"sku": "c"}'),
                lines("blank.json", "", ""),
            ]
        )
        said = misread()
    assert said == [
        "b.json: all of its 2 rows are rejects, such as invalid_record",
        "blank.json: has no rows: if rows come later, land them under another name",
    ]


def test_of_csv_by_position_the_number_of_its_columns_is_told():
    text = definition("csv", 'columns = ["sku", "at", "name", "to.city"]', 'delimiter = "|"')
    with watched(text) as (made, misread):
        made.land(
            [
                lines("fine.csv", "a|2026-01-01|x|Rome", "b|2026-01-01||"),
                lines("fewer.csv", "2026-01-01|x|Rome"),
                lines("more.csv", "1|a|2026-01-01|x|Rome"),
                lines("other.csv", "a,2026-01-01,x,Rome"),
            ]
        )
        said = misread()
    assert [line for line in said if "columns" in line] == [
        "fewer.csv: has 3 columns instead of 4; all of its 1 rows are rejects, such as invalid_key, invalid_at",
        "more.csv: has 5 columns instead of 4; all of its 1 rows are rejects, such as invalid_at, invalid_name",
        "other.csv: has 1 columns instead of 4; all of its 1 rows are rejects, such as invalid_key, missing_at",
    ]


def test_a_file_of_a_truncate_and_rejects_is_not_of_rejects_alone():
    text = definition("json", 'op = { column = "op", upsert = ["", "U"], delete = ["D"], truncate = ["T"] }')
    with watched(text) as (made, misread):
        made.land(
            [
                lines("both.json", '{"op": "T", "at": "2026-01-01"}', "no JSON"),
                lines("rejects.json", '{"op": "X"}'),
            ]
        )
        said = misread()
    assert [line.partition(":")[0] for line in said] == ["rejects.json"]


def test_a_file_of_ignored_rows_and_rejects_is_of_rejects_as_far_as_it_says_something():
    feed = Feed("debezium_postgres")
    with watched(feed.text) as (made, misread):
        ending = feed.files()[0].name
        made.land(
            [
                LandedFile(f"1{ending}", b"null\nnull\n", LOADED_AT),
                LandedFile(f"2{ending}", b'null\n{"op": "c"}\n', LOADED_AT),
            ]
        )
        said = misread()
    assert len(said) == 1
    assert said[0].startswith(f"2{ending}: all of its 1 rows that say something are rejects, such as ")


RETIRED = (
    definition("csv")
    .replace('name = "text(9)"', 'name = { type = "text(9)", retired = true }')
    .replace('{ type = "text(9)", from = "to.city" }', '{ type = "text(9)", was = "town" }')
)


def test_a_column_that_is_read_no_more_or_has_another_name_by_now_is_not_missing():
    with watched(RETIRED) as (made, misread):
        made.land(
            [
                lines("old.csv", "sku,at,name,town", "a,2026-01-01,x,Rome"),
                lines("new.csv", "sku,at,city", "a,2026-01-02,Rome"),
                lines("odd.csv", "sku,at", "a,2026-01-03"),
            ]
        )
        assert misread() == ["odd.csv: missing columns, NULL in every row: CITY"]
