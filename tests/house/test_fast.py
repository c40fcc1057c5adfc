"""`make test-fast` has a test for every room, and tests/slow.py names nothing that is gone."""

import re
from pathlib import Path

import pytest

from tests.slow import FAST, SLOW, is_slow

ROOT = Path(__file__).parents[2]
CODE = ("benchmarks", "customertrack", "generator", "infra", "lambdas", "snowglobe", "sql")
# Each room, and a module of tests that looks into it, wherever in tests/ it stands.
ROOMS = {
    "benchmarks": "tests/benchmarks/test_benchmarks.py",
    "customertrack": "tests/cli/test_usage.py",
    "customertrack/cli": "tests/cli/test_ingest.py",
    "customertrack/cli/show": "tests/cli/test_value.py",
    "customertrack/console": "tests/console/test_widgets.py",
    "customertrack/console/pages": "tests/console/test_widgets.py",
    "customertrack/console/scripts": "tests/console/test_widgets.py",
    "customertrack/console/snowflake_app": "tests/infra/test_settings.py",
    "customertrack/demo": "tests/cli/test_verify.py",
    "customertrack/dimension": "tests/dimension/test_checks.py",
    "customertrack/dimension/templates": "tests/dimension/test_rendered.py",
    "customertrack/dimension/templates/console": "tests/dimension/test_rendered_text.py",
    "customertrack/dimension/templates/invariants": "tests/dimension/test_rendered.py",
    "customertrack/local": "tests/local/test_dropped_files.py",
    "customertrack/migrations": "tests/migrations/test_plan.py",
    "customertrack/reads": "tests/sql/test_worked_example.py",
    "customertrack/sqltext": "tests/sqltext/test_statements.py",
    "generator": "tests/generator/test_sink.py",
    "infra": "tests/infra/test_settings.py",
    "lambdas": "tests/lambdas/test_reason.py",
    "lambdas/drain": "tests/lambdas/test_drain.py",
    "lambdas/handshake": "tests/lambdas/test_handshake.py",
    "lambdas/migrate": "tests/lambdas/migrate/test_deploy.py",
    "lambdas/watch": "tests/lambdas/test_watch_pipeline.py",
    "snowglobe": "tests/snowglobe/test_cursor.py",
    "snowglobe/account": "tests/snowglobe/test_integrations.py",
    "snowglobe/answering": "tests/snowglobe/answering/test_frames.py",
    "snowglobe/information": "tests/snowglobe/test_pipes_view.py",
    "snowglobe/loading": "tests/snowglobe/loading/test_csv.py",
    "snowglobe/objects": "tests/snowglobe/test_tables.py",
    "snowglobe/query": "tests/snowglobe/test_functions.py",
    "snowglobe/scripting": "tests/snowglobe/scripting/test_run.py",
    "snowglobe/storage": "tests/snowglobe/test_cloud.py",
    "sql": "tests/sql/test_rules.py",
    "sql/customer": "tests/cases/test_cases.py",
    "sql/customer/console": "tests/dimension/test_rendered_text.py",
    "sql/customer/invariants": "tests/sql/test_invariants.py",
    "sql/product": "tests/dimension/test_rendered.py",
    "sql/product/console": "tests/dimension/test_rendered_text.py",
    "sql/product/invariants": "tests/dimension/test_rendered.py",
}


def named_in(module: str) -> list[str]:
    """The ids of a module's tests, without their parameters."""
    return [f"{module}::{name}" for name in re.findall(r"^def (test_\w+)", (ROOT / module).read_text(), re.MULTILINE)]


def test_every_room_has_a_test() -> None:
    files = [path for top in CODE for pattern in ("*.py", "*.sql") for path in (ROOT / top).rglob(pattern)]
    assert {str(path.parent.relative_to(ROOT)) for path in files} == set(ROOMS)
    assert [module for module in ROOMS.values() if is_slow(module) or all(map(is_slow, named_in(module)))] == []


def test_every_invariant_has_a_test() -> None:
    # That each of them is damaged is what the module says of itself.
    assert [name for name in SLOW if name.startswith(ROOMS["sql/customer/invariants"])] == []


@pytest.mark.parametrize("name", [*SLOW, *FAST])
def test_what_is_named_is_there(name: str) -> None:
    module, _, test = name.partition("[")[0].partition("::")
    assert (ROOT / module).exists()
    assert not test or f"{module}::{test}" in named_in(module)


def test_what_is_left_out_is_the_test_or_what_is_in_it() -> None:
    assert is_slow("tests/emulator/test_story.py")
    assert is_slow("tests/cases/test_cases.py::test_case[L06-reversed]")
    assert not is_slow("tests/cases/test_cases.py::test_all_cases_as_one[reversed]")
    assert not is_slow("tests/cases/test_cases.py")
    # A folder that is left out but for a module, and a test of that module that is left out.
    assert not is_slow("tests/cli")
    assert is_slow("tests/cli/test_dimensions.py")
    assert not is_slow("tests/cli/test_ingest.py::test_it")
    assert is_slow("tests/cli/test_ingest.py::test_the_worked_example_at_once")
