"""The generator's truth of a dimension, under the names and kinds of change that its definition has today."""

from collections.abc import Mapping

from customertrack.demo.feed import HomeFeed
from customertrack.dimension.definition import Attribute, Definition
from generator.truth_by_key import AT_ONCE, TruthByKey

__all__ = ["AT_ONCE", "TruthByKey", "truth_today"]


def truth_today(made: HomeFeed, today: Definition, batches: int) -> tuple[TruthByKey, tuple[str, ...]]:
    """The truth after so many batches of the feed, and the columns of its versions: key, attributes, valid_from,
    valid_to, is_current.

    Attributes that are defined since, or retired, are left out; a renamed one has its new name.
    """
    now = _attributes_today(made, today)
    truth = TruthByKey(made.feed.population, batches, {name: attribute.change for name, attribute in now.items()})
    attributes = (attribute.name for attribute in now.values())
    return truth, (*truth.key, *attributes, "valid_from", "valid_to", "is_current")


def _attributes_today(made: HomeFeed, today: Definition) -> Mapping[str, Attribute]:
    """What the attributes that the feed was made with are now, by the name that they had."""
    by_name = {attribute.name: attribute for attribute in today.attributes}
    renamed = {name: attribute for attribute in today.attributes for name in attribute.was}
    now = {one.name: renamed.get(one.name) or by_name.get(one.name) for one in made.definition.attributes}
    return {name: attribute for name, attribute in now.items() if attribute and not attribute.retired}
