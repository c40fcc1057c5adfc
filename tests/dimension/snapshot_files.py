"""Snapshots for tests: a definition with a guard, and files of it by their dates."""

from datetime import datetime, timedelta

from tests.dimension.landed import LandedFile

STOCK = r"""
dimension = "stock"

[feed]
kind   = "snapshots"
format = "csv"
time   = { file = 'stock_(\d{4}-\d{2}-\d{2})' }
guard  = { max_deleted = 0.5, min_rows = 2 }

[key]
sku = "text(3)"

[attributes]
name  = "text(40)"
price = { type = "integer", change = "update" }
"""
LANDED = datetime(2026, 6, 1)


def snapshot(day: str, *rows: str, after: int = 0, columns: str = "sku,name,price") -> LandedFile:
    """The file of a day, landed so many hours after the first."""
    text = "".join(f"{row}\n" for row in (columns, *rows))
    return LandedFile(f"stock_{day}.csv", text.encode(), LANDED + timedelta(hours=after))
