"""What came of comparing the tables with the generator's truth, as a sentence."""

from customertrack.cli.show.words import plural
from customertrack.demo.verify import Comparison


def compared(comparison: Comparison) -> str:
    """How many rows were compared, how many differ, how many were left out."""
    truth = f"the generator's truth after {plural(comparison.batches, 'batch', 'batches')}"
    of_both = f"{plural(comparison.customers, 'customer')}, {plural(comparison.versions, 'version')}"
    said = f"both tables equal {truth}: {of_both}"
    if comparison.differences:
        said = f"{plural(comparison.differences, 'row')} not as in {truth}"
    if comparison.left_out:
        said += (
            f"; left out: {plural(comparison.left_out, 'customer')} with rows from other files, or rows still under way"
        )
    return said
