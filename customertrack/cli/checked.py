"""What a check found is written down for those who look later."""

from datetime import UTC, datetime

from customertrack.cli.show.truth import compared
from customertrack.demo.verify import Verdict
from customertrack.local import last_check
from customertrack.local.pipeline import Pipeline
from customertrack.reads.last_check import LastCheck, Offence
from customertrack.reads.status import last_batch


def note(pipeline: Pipeline, verdict: Verdict) -> None:
    """Write down what was found of a dimension, in the home; one that cannot be written keeps what it has."""
    name, truth = pipeline.dimension.name, verdict.truth
    last = last_batch(pipeline.connection, name)
    offences = tuple(
        Offence(one.number, one.rule, len(one.offences.rows)) for one in verdict.invariants if one.offences.rows
    )
    last_check.write(
        pipeline.home,
        name,
        LastCheck(
            datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            last.batch_id if last else 0,
            len(verdict.invariants),
            offences,
            compared(truth, name) if truth else f"not compared: {verdict.why}",
            not truth.differences if truth else None,
        ),
    )
