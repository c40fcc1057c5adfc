"""A seeded, stateless feed of changes for any dimension, whose truth is computable."""

from generator.definition import Definition, read
from generator.errors import GeneratorError, SettingsError
from generator.faults import Faults
from generator.feed import Feed, FeedFile
from generator.settings import Settings
from generator.truth_tables import id_ranges, truth, truth_history

__all__ = [
    "Definition",
    "Faults",
    "Feed",
    "FeedFile",
    "GeneratorError",
    "Settings",
    "SettingsError",
    "id_ranges",
    "read",
    "truth",
    "truth_history",
]
