"""Which writer a definition's files have."""

from generator.csv_lines import CsvWriter
from generator.debezium import DebeziumWriter
from generator.errors import SettingsError
from generator.json_lines import JsonWriter
from generator.lines import Writer
from generator.parquet import ParquetWriter
from generator.population import Population

_WRITERS = {"csv": CsvWriter, "json": JsonWriter, "parquet": ParquetWriter}


def writer_of(population: Population) -> Writer:
    """That of its format and layout. Raises SettingsError for a layout that is not written."""
    definition = population.definition
    if definition.is_debezium:
        return DebeziumWriter(population)
    if definition.layout != "plain":
        raise SettingsError(f"rows of the layout {definition.layout} are not made up: give another definition")
    return _WRITERS[definition.format](population)
