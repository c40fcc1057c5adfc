"""A seeded, stateless feed of customer changes whose truth is computable."""

from generator.errors import GeneratorError, SettingsError
from generator.faults import Faults
from generator.feed import Batch, Feed
from generator.settings import Settings
from generator.truth_tables import id_ranges, truth, truth_history

__all__ = [
    "Batch",
    "Faults",
    "Feed",
    "GeneratorError",
    "Settings",
    "SettingsError",
    "id_ranges",
    "truth",
    "truth_history",
]
