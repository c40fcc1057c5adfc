"""The tables and the targets say what the figures are."""

import sys

import pytest

from benchmarks.contestants import MODULES, OURS
from benchmarks.plan import Plan
from benchmarks.replay import Difference
from benchmarks.report import plain, tables, verdict
from benchmarks.side_by_side import Figures, Seat, measure
from benchmarks.targets import Result, targets
from customertrack.errors import UserError

WHOLE = {"ours": 100.0, "floor": 5.0, "dlt": 300.0, "dbt": 250.0, "sqlmesh": 400.0}


def figures(milliseconds: float, first_load: float = 1_000, missing: int = 0) -> Figures:
    return Figures(
        milliseconds=[first_load, 9_999, 9_999, milliseconds, milliseconds, milliseconds],
        cpu_seconds=[1.0] * 6,
        peak_rss_bytes=2**30,
        difference=Difference(versions=70_000_000, open_versions=1_000_000, missing=missing, extra=0, ends=0),
    )


def cell(workload: str, customers: int, changes: int, **milliseconds: float) -> Result:
    costs = {**WHOLE, **milliseconds}
    return Plan(workload, customers, changes, 5), {name: figures(cost) for name, cost in costs.items()}


def whole(**of_the_last: float) -> list[Result]:
    cells = [(w, n, c) for w in ("W1", "W2") for n in (10_000, 100_000, 1_000_000) for c in (1_000, 10_000)]
    return [*(cell(*one) for one in cells[:-1]), cell(*cells[-1], **of_the_last)]


def met(results: list[Result]) -> list[bool | None]:
    return [target.met for target in targets(results)]


def test_all_targets_are_met_in_all_cells():
    assert met(whole()) == [True, True, True, True]
    assert verdict(whole()) == (
        "Targets met: 0.5 of the fastest peer 12 of 12 (worst 0.4), flat within 1.5 2 of 2 (worst 1), "
        "first load no slower 1 of 1 (worst 1), nothing missed 12 of 12 (worst 0)."
    )


def test_one_cell_is_enough_to_miss_the_ratio_and_only_the_fastest_peer_counts():
    assert met(whole(ours=126))[0] is False
    assert met(whole(ours=126, dbt=252))[0] is True
    assert met(whole(sqlmesh=199))[0] is False
    assert "11 of 12 (worst 0.503)" in verdict(whole(sqlmesh=199))


@pytest.mark.parametrize(("many", "flat"), [(150, True), (151, False)])
def test_flat_compares_a_million_customers_with_ten_thousand_on_the_same_changes(many, flat):
    results = [cell("W1", 10_000, 1_000), cell("W1", 1_000_000, 1_000, ours=many)]
    results.append(cell("W1", 1_000_000, 10_000, ours=999))
    assert met(results)[1] is flat


def test_the_first_load_of_a_million_is_compared_with_the_fastest_peers():
    results = whole()
    for plan, mine in results:
        mine["dbt"].milliseconds[0] = 900
        mine[OURS].milliseconds[0] = 901 if plan.customers == 1_000_000 else 5
    assert met(results)[2] is False
    for _, mine in results:
        mine[OURS].milliseconds[0] = 900
    assert met(results)[2] is True


def test_a_version_that_is_missed_is_told():
    results = whole()
    results[3][1][OURS] = figures(100, missing=1)
    assert met(results)[3] is False
    assert "nothing missed 11 of 12 (worst 1)" in verdict(results)


def test_what_a_part_has_no_cells_for_is_not_measured():
    part = [(Plan("W1", 100_000, 1_000, 5), {OURS: figures(100)})]
    assert met(part) == [None, None, None, True]
    assert verdict(part).count("not measured") == 3


def test_the_tables_have_every_figure_in_120_columns():
    results = whole(ours=1234.4)
    results[-1][1]["dlt"] = figures(300, missing=81_185)
    results[-1][1]["before"] = figures(200)
    results[-1][1]["before"].milliseconds[0] = 123_456
    for _, mine in results[:-1]:
        mine["before"] = figures(200)
    lines = tables(results).splitlines()
    assert max(len(line) for line in lines if not line.startswith("Targets")) <= 120
    cells = [[part.strip() for part in line.split("|")[1:-1]] for line in lines]
    assert ["1,000,000", "10,000", "1,234", "5", "300", "250", "400", "200", "4.94"] in cells
    assert ["1,000,000", "10,000", "1.0", "1.0", "1.0", "1.0", "1.0", "123.5", "1.00"] in cells
    assert ["1,000,000", "10,000", "0", "0", "81,185", "0", "0", "0"] in cells


def test_the_plain_figures_are_the_same():
    written = plain(whole(ours=126))
    assert [target["met"] for target in written["targets"]] == [False, True, True, True]
    assert len(written["records"]) == 12 * len(MODULES)
    last = written["records"][-len(MODULES)]
    assert (last["workload"], last["customers"], last["changes"], last["contestant"]) == ("W2", 1_000_000, 10_000, OURS)
    assert (last["steady_milliseconds"], last["first_load_seconds"]) == (126, 1)


def test_another_checkout_takes_part_under_its_own_name(tmp_path):
    """It is one that fails, so that it is seen whose code ran."""
    (tmp_path / "other/benchmarks").mkdir(parents=True)
    (tmp_path / "other/benchmarks/__init__.py").touch()
    (tmp_path / "other/benchmarks/run_one.py").write_text("raise SystemExit('the other one ran')")
    seats = {"before": Seat(OURS, sys.executable, tmp_path / "other")}
    with pytest.raises(UserError, match=r"^before ended too early \(the other one ran\)"):
        measure(Plan("W1", 10, 5, 1), seats, tmp_path / "measured")
