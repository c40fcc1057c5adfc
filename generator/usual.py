"""What is taken for a dimension where nothing is said: what its feed can tell apart, and has words for."""

from typing import Any

from generator import file_times
from generator.definition import Definition
from generator.settings import USUAL_MOVE_RATE, USUAL_TRUNCATE_RATE, Settings


def usual_interval(definition: Definition) -> dict[str, float]:
    """The interval, by its name, if times in the names of files are too coarse for that of Settings. Raises
    SettingsError if they are of no form that is known."""
    if definition.time_file is None:
        return {}
    return {"interval": max(Settings().interval, file_times.unit_ms(definition.time_file) / 1000)}


def usual_rates(definition: Definition) -> dict[str, Any]:
    """Of what may happen to keys beside deletes, by the names in Settings: what the feed has words for."""
    moves = {"move_rate": USUAL_MOVE_RATE} if definition.has_moves else {}
    return moves | ({"truncate_rate": USUAL_TRUNCATE_RATE} if definition.has_truncates else {})
