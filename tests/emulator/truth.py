"""Whether the tables are what the generator says they must be after its batches."""

from dataclasses import dataclass
from typing import Any

from customertrack.local.home import sql_folder
from customertrack.reads import invariants, results
from customertrack.warehouse import Connection
from generator import Feed, truth, truth_history
from generator.truth_tables import Columns

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Verdict:
    """Rows that only one side has, and broken invariants, by name; `customers` and `versions` were compared."""

    customers: int
    versions: int
    wrong: dict[str, list[Row]]

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.wrong.values())


def compare(connection: Connection, feed: Feed, batches: int) -> Verdict:
    """Compare `customer` and `customer_history` with the truth after so many batches, and run all invariants.

    Customers with late rows that are still to come are left out.
    """
    under_way = feed.held_back(batches - 1)
    left_out = set(under_way.rows.ids.tolist()) if under_way else set()
    expected = {
        "customer": truth(feed.population.definition, feed.settings, batches),
        "customer_history": truth_history(feed.population.definition, feed.settings, batches),
    }
    wrong: dict[str, list[Row]] = {}
    compared: dict[str, int] = {}
    for table, columns in expected.items():
        true = {row for row in _rows(columns) if row[0] not in left_out}
        found = {row for row in _picked(connection, table, list(columns)) if row[0] not in left_out}
        wrong[table] = sorted(true ^ found, key=repr)
        compared[table] = len(found)
    for invariant in invariants.check(connection, sql_folder()):
        wrong[invariant.rule] = invariant.offences.rows
    return Verdict(compared["customer"], compared["customer_history"], wrong)


def _rows(columns: Columns) -> list[Row]:
    """The truth's columns as rows, with times as the warehouse has them."""
    values = [
        (column.astype("datetime64[us]") if column.dtype.kind == "M" else column).tolist()
        for column in columns.values()
    ]
    return list(zip(*values, strict=True))


def _picked(connection: Connection, table: str, columns: list[str]) -> list[Row]:
    return results.query(connection, f"SELECT {', '.join(columns)} FROM {table}").rows
