"""What importing a handler loads: time in which a function starts, and what a zip must hold."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The driver takes these if they are there, which they are not in a Lambda; None in sys.modules is "not there".
LOADED = """
import importlib, sys
sys.modules.update(dict.fromkeys(["numpy", "pandas", "pyarrow"]))
before = set(sys.modules)
importlib.import_module(sys.argv[1])
print(*sorted(set(sys.modules) - before))
"""
FOREIGN = {
    "aws_cdk",
    "cdk_nag",
    "duckdb",
    "faker",
    "generator",
    "infra",
    "moto",
    "pandas",
    "pyarrow",
    "rich",
    "sqlglot",
}
COMMON = {
    "customertrack",
    "customertrack.errors",
    "customertrack.sqltext",
    "customertrack.sqltext.identifiers",
    "customertrack.sqltext.literals",
    "customertrack.warehouse",
}
MIGRATIONS = {
    "customertrack.migrations",
    "customertrack.reads",
    "customertrack.reads.results",
    "customertrack.reads.stream",
    "customertrack.sqltext.statements",
    "customertrack.sqltext.variables",
}


@pytest.mark.parametrize(("handler", "extra"), [("handshake", set()), ("migrate", MIGRATIONS)])
def test_a_handler_loads_nothing_that_its_zip_lacks(handler: str, extra: set[str]):
    command = [sys.executable, "-c", LOADED, f"lambdas.{handler}.handler"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert {name.partition(".")[0] for name in loaded} & FOREIGN == set()
    ours = {name for name in loaded if name.partition(".")[0] == "customertrack"}
    assert {name for name in ours if not name.startswith("customertrack.migrations.")} == COMMON | extra
    others = {"handshake", "migrate", "watch"} - {handler}
    assert {name.split(".")[1] for name in loaded if name.startswith("lambdas.")} & others == set()
