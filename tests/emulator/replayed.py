"""Where the tables of a dimension differ from the replay."""

from pathlib import Path
from typing import Any

from customertrack.reads import invariants
from customertrack.reads.results import query
from customertrack.warehouse import Connection
from tests.dimension.definition import Toml
from tests.dimension.differences import current_rows, differences, history_rows, told_rows
from tests.dimension.replay import Tables


def wrong(connection: Connection, project: Path, toml: Toml, expected: Tables) -> dict[str, str]:
    """What differs, by table, and broken invariants, by rule. `project`: the checkout that was deployed."""
    name = toml["dimension"]
    history, current = (_rows(connection, f"SELECT * FROM {table}") for table in (f"{name}_history", name))
    found = {
        f"{name}_history": differences(toml, history_rows(toml, expected), told_rows(toml, history)),
        name: differences(toml, current_rows(toml, expected), told_rows(toml, current)),
        f"{name}_reject": _differing_rejects(connection, name, expected),
    }
    for invariant in invariants.check(connection, project / "sql", name):
        found[invariant.rule] = "\n".join(map(str, invariant.offences.rows))
    return {name: text for name, text in found.items() if text}


def _differing_rejects(connection: Connection, name: str, expected: Tables) -> str:
    rows = _rows(connection, f"SELECT source_file, source_row, reject_reasons FROM {name}_reject")
    found = {
        (Path(row["source_file"]).name, int(row["source_row"])): frozenset(row["reject_reasons"].split(", "))
        for row in rows
    }
    return "" if found == expected.rejects else f"{found} instead of {expected.rejects}"


def _rows(connection: Connection, sql: str) -> list[dict[str, Any]]:
    shown = query(connection, sql)
    return [dict(zip((name.lower() for name in shown.columns), row, strict=True)) for row in shown.rows]
