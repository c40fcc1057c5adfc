"""The definitions that ship, as the generator reads them."""

from functools import cache
from pathlib import Path

from generator import Definition, read

DIMENSIONS = Path(__file__).parents[2] / "dimensions"


@cache
def shipped(name: str) -> Definition:
    """One of them."""
    return read((DIMENSIONS / f"{name}.toml").read_text(encoding="utf-8"))


CUSTOMER, PRODUCT = shipped("customer"), shipped("product")
