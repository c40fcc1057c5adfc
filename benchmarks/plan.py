"""What one run does. Free of dependencies, because the peers read it from environments of their own."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.columns import CUSTOMER

WORKLOADS = {
    "W1": "at most one version per key and batch, in order",
    "W2": "several versions per key and batch, ties, duplicates, late rows, NULLs, files out of order",
    "W3": "full extracts: all rows in each batch, absence is the delete",
}
# What runs where nothing else is said: those of which a batch has the changed rows alone.
USUAL = ("W1", "W2")
SHARE_NEW = 0.05
SHARE_DELETED = 0.01


@dataclass(frozen=True)
class Plan:
    """Batch 0 loads `customers` rows; each of the `batches` after it changes `changes` rows and adds and deletes a few.

    Rows have `attributes` columns beside key, operation and time.

    The same plan is the same files, byte for byte.
    """

    workload: str
    customers: int
    changes: int
    batches: int
    seed: int = 1
    attributes: int = len(CUSTOMER)

    @property
    def has_extracts(self) -> bool:
        """Whether each batch has all rows."""
        return self.workload == "W3"

    @property
    def new(self) -> int:
        """Customers that a batch adds."""
        return round(self.changes * SHARE_NEW)

    @property
    def deleted(self) -> int:
        """Customers that a batch deletes."""
        return round(self.changes * SHARE_DELETED)

    def arguments(self) -> list[str]:
        """The command line that `from_arguments` reads back."""
        return [part for field in fields(self) for part in (f"--{field.name}", str(getattr(self, field.name)))]


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that describe a plan, and the folder of its files."""
    parser.add_argument("--workload", choices=list(WORKLOADS), required=True)
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--changes", type=int, default=1_000, help="changed rows per batch")
    parser.add_argument("--batches", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--attributes", type=int, default=len(CUSTOMER), help="how many columns a row has beside the key"
    )
    parser.add_argument("--folder", type=Path, required=True, help="where the batches are, a folder for each")


def from_arguments(arguments: Namespace) -> Plan:
    """The plan that parsed `add_arguments` options describe."""
    return Plan(**{field.name: getattr(arguments, field.name) for field in fields(Plan)})


def batch_folder(folder: Path, number: int) -> Path:
    """Where batch `number` lies below `folder`; batch 0 is the initial load."""
    return folder / f"{number:04}"


def batch_files(folder: Path, number: int) -> list[Path]:
    """The CSV files of one batch in the order of their names, which is their order for ties."""
    return sorted(batch_folder(folder, number).glob("*.csv"))
