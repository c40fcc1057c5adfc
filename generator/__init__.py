"""A seeded, stateless feed of customer changes whose truth is computable."""

from generator.errors import GeneratorError, SettingsError
from generator.faults import Faults
from generator.feed import Feed, FeedFile
from generator.settings import Settings
from generator.truth_tables import id_ranges, truth, truth_history

__all__ = [
    "Faults",
    "Feed",
    "FeedFile",
    "GeneratorError",
    "Settings",
    "SettingsError",
    "id_ranges",
    "truth",
    "truth_history",
]
