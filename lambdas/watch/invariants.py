"""The rows that offend against each query of a dimension's folder invariants/ in sql/."""

from pathlib import Path

from customertrack.sqltext import statements
from customertrack.warehouse import Connection
from lambdas.watch.metric import Metric

METRIC = "InvariantOffences"


def queries(folder: Path, dimension: str) -> dict[str, str]:
    """By name, such as `02 versions do not overlap`: a query that counts the offences. `folder` is sql/.

    Counted in the warehouse: after a bad day there may be millions.
    """
    found = {}
    for path in sorted((folder / dimension / "invariants").glob("*.sql")):
        (statement,) = statements.split(path.read_text(encoding="utf-8"), path.name)
        found[path.stem.replace("_", " ")] = f"SELECT COUNT(*) FROM (\n{statement.text}\n) AS offence"
    return found


def offences(connection: Connection, name: str, query: str) -> list[Metric]:
    """InvariantOffences of one invariant: under its name, and towards the sum of all that the alarm looks at."""
    cursor = connection.cursor()
    cursor.execute(query)
    found = float(cursor.fetchone()[0])
    return [Metric(METRIC, found, invariant=name), Metric(METRIC, found)]
