"""What a command loads: time in which it starts. Seen in sys.modules, since an import inside a function counts too."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import ROOT

LOADED = """
import os, sys
from customertrack.cli.main import main
stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
code = main(sys.argv[1:])
print(code, *sorted(sys.modules), file=stdout, flush=True)
"""
WATCHED = {"aws_cdk", "boto3", "duckdb", "faker", "generator", "infra", "lambdas", "moto", "numpy", "rich", "snowflake"}
WATCHED |= {"snowglobe", "sqlglot", "streamlit", "altair", "pandas"}
WAREHOUSE = {"snowglobe", "duckdb", "sqlglot"}
# Faker makes the pools of values, when a file is made.
FEED = {"generator", "numpy"}


LOADS = {
    "--version": set(),
    "--help": set(),
    "ingest --help": set(),
    "console --help": set(),
    "query 'SELECT 1'": WAREHOUSE,
    "status": WAREHOUSE,
    "as-of 2026-01-01": WAREHOUSE,
    "rejects": WAREHOUSE,
    "migrate --plan": WAREHOUSE,
    # The definitions that ship name providers, which Faker is asked about.
    "dimension check": WAREHOUSE | FEED | {"faker"},
    "dimension list": WAREHOUSE,
    "run --help": WAREHOUSE | FEED,
    "verify": WAREHOUSE | FEED,
    "run --batches 1 --customers 5": WAREHOUSE | FEED | {"faker", "rich"},
}


@pytest.mark.parametrize("line", LOADS)
def test_a_command_loads_no_more_than_it_needs(line: str, home: Path):
    command = [sys.executable, "-c", LOADED, "--home", str(home), *shlex.split(line)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    code, *loaded = ended.stdout.split()
    assert code == "0", ended.stderr
    assert {name.partition(".")[0] for name in loaded} & WATCHED == LOADS[line]


def test_of_the_project_a_reading_command_loads_no_room_that_writes(home: Path):
    command = [sys.executable, "-c", LOADED, "--home", str(home), "query", "SELECT 1"]
    loaded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("customertrack.")}
    assert rooms == {"cli", "described", "dimension", "errors", "local", "migrations", "reads", "sqltext", "warehouse"}
