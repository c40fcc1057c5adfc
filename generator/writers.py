"""Which writer a definition's files have."""

from importlib import import_module

from generator.csv_lines import CsvWriter
from generator.debezium import DebeziumWriter
from generator.definition import Definition
from generator.errors import SettingsError
from generator.json_lines import JsonWriter
from generator.lines import Writer
from generator.parquet import ParquetWriter
from generator.population import Population

_WRITERS = {"csv": CsvWriter, "json": JsonWriter, "parquet": ParquetWriter}


def check(definition: Definition) -> None:
    """Raises SettingsError for files that are not written, and if what writes them is not installed."""
    if definition.layout != "plain" and not definition.is_debezium:
        raise SettingsError(f"rows of the layout {definition.layout} are not made up: give another definition")
    if definition.format != "parquet":
        return
    nested = [one.column for one in (*definition.key, *definition.attributes) if "." in one.column]
    if nested:
        raise SettingsError(f"{nested[0]} lies within an object, and Parquet is made up without: use JSON")
    try:
        import_module("arro3.io")
    except ImportError as error:
        raise SettingsError("to write Parquet, arro3-io is needed: run pip install arro3-io") from error


def writer_of(population: Population) -> Writer:
    """That of its format and layout. Raises SettingsError as `check` does."""
    check(population.definition)
    if population.definition.is_debezium:
        return DebeziumWriter(population)
    return _WRITERS[population.definition.format](population)
