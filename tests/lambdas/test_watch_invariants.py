"""Offences are counted in the warehouse, for each file of sql/customer/invariants/."""

from pathlib import Path

from customertrack.local.home import sql_folder
from customertrack.local.pipeline import Pipeline
from lambdas.watch import invariants
from tests.lambdas.watched import drop


def offences(pipeline: Pipeline) -> dict[str, float]:
    found = {}
    for name, query in invariants.queries(sql_folder(), "customer").items():
        named, towards_all = invariants.offences(pipeline.connection, name, query)
        assert (named.invariant, towards_all.invariant) == (name, None)
        assert named.value == towards_all.value
        found[name] = named.value
    return found


def test_every_file_is_a_query():
    names = [path.stem.replace("_", " ") for path in sorted((sql_folder() / "customer" / "invariants").glob("*.sql"))]
    assert len(names) == 11
    assert list(invariants.queries(sql_folder(), "customer")) == names


def test_sound_tables_have_none_and_damaged_ones_are_counted(pipeline: Pipeline, tmp_path: Path):
    pipeline.ingest([drop(tmp_path, "a.csv", 1, 2, 3)])
    assert set(offences(pipeline).values()) == {0}
    pipeline.connection.cursor().execute("UPDATE customer_state SET source_row = 99 WHERE customer_id < 3")
    found = offences(pipeline)
    assert found["10 version names its event"] == 2
    assert found["01 valid from before valid to"] == 0
