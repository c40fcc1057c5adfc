"""Which writer a definition's files have."""

from generator.csv_lines import CsvWriter
from generator.lines import Writer
from generator.population import Population


def writer_of(population: Population) -> Writer:
    """That of its format and layout."""
    return CsvWriter(population)
