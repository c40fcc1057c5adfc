"""Whether the generator can make up the rows of a dimension."""

from customertrack.errors import UsageError
from customertrack.local.dimensions import CUSTOMER


def check_made_up(dimension: str | None) -> None:
    """Raise UsageError for any dimension but customer."""
    if dimension not in (None, CUSTOMER):
        raise UsageError(
            f'Rows are made up for {CUSTOMER} alone, not for "{dimension}"; '
            f"bring files of your own: customertrack ingest FILE.csv --dimension {dimension}"
        )
