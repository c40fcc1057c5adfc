"""What came of comparing the tables with the generator's truth, as a sentence."""

from customertrack.cli.show.words import one_of, plural
from customertrack.demo.verify import Comparison


def compared(comparison: Comparison, dimension: str) -> str:
    """How many rows were compared, how many differ, how many were left out."""
    key = one_of(dimension)
    truth = f"the generator's truth after {plural(comparison.batches, 'batch', 'batches')}"
    if comparison.versions or not comparison.keys:
        of_both = f"{plural(comparison.keys, key)}, {plural(comparison.versions, 'version')}"
        said = f"both tables equal {truth}: {of_both}"
    else:
        said = f"the table equals {truth}: {plural(comparison.keys, key)}"
    if comparison.differences:
        said = f"{plural(comparison.differences, 'row')} not as in {truth}"
    if comparison.left_out:
        said += f"; left out: {plural(comparison.left_out, key)} with rows from other files, or rows still under way"
    return said
