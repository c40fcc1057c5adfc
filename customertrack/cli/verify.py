"""`customertrack verify`: all invariants, the generator's truth, and the landed files."""

from argparse import Namespace
from functools import partial
from typing import NamedTuple

from customertrack.cli.checked import note
from customertrack.cli.context import Context
from customertrack.cli.show.truth import compared
from customertrack.cli.show.value import printable
from customertrack.cli.show.words import number, plural
from customertrack.demo.verify import Difference as Wrong
from customertrack.demo.verify import Verdict, verify
from customertrack.local.changed import Watched
from customertrack.local.differences import Difference, differences
from customertrack.local.dimensions import CUSTOMER
from customertrack.local.notices import short_name
from customertrack.local.pipeline import Pipeline
from customertrack.reads.invariants import Invariant

_MOST_SHOWN = 5


def run(args: Namespace, context: Context) -> int:
    """Print what was checked and found; exit code 1 on any offence, or if a dimension cannot be asked."""
    with context.reading() as reader:
        asked = Watched(context.home.project, context.home.dimensions)
        names, code = reader.ask(partial(_names, context))
        found = {name: reader.ask(partial(_checked, asked, name)) for name in names}
    verdicts = {name: checked.verdict for name, checked in found.items()}
    differing = [one for checked in found.values() for one in checked.differing]
    empty = {name for name, checked in found.items() if name != CUSTOMER and not checked.landed}
    lines = []
    for name, verdict in verdicts.items():
        if name not in empty or not verdict.holds:
            lines += _section(name, verdict, is_alone=len(verdicts.keys() - empty) == 1 and code == 0)
    lines += _files(differing, context.command("resolve --all --load (or --keep)"))
    context.out.write("".join(f"{line}\n" for line in lines))
    return code if all(verdict.holds for verdict in verdicts.values()) and not differing else 1


class _Checked(NamedTuple):
    """What was found of a dimension, at one moment. `landed`: its rows."""

    verdict: Verdict
    differing: list[Difference]
    landed: int


def _names(context: Context, opened: Pipeline) -> tuple[list[str], int]:
    sound, code = context.each_of(opened)
    return [*sound], code


def _checked(asked: Watched, name: str, opened: Pipeline) -> _Checked:
    pipeline = opened.of(name)
    differing = differences(pipeline.home, pipeline.connection, pipeline.dimension)
    verdict = verify(pipeline)
    if not verdict.holds:
        # The invariants may be those of a definition that the tables are not made of yet.
        asked.check_same()
    note(pipeline, verdict)
    return _Checked(verdict, differing, pipeline.counts().landed)


def _section(name: str, verdict: Verdict, *, is_alone: bool) -> list[str]:
    """What was found of a dimension, under its name where there are several."""
    width = max(len(invariant.rule) for invariant in verdict.invariants)
    lines = [line for invariant in verdict.invariants for line in _invariant(invariant, width)]
    lines += _truth(verdict, name)
    return lines if is_alone else [name, *lines]


def _invariant(invariant: Invariant, width: int) -> list[str]:
    offences = invariant.offences
    found = plural(len(offences.rows), "offending row") if offences.rows else "holds"
    shown = [
        "      " + ", ".join(f"{name} {printable(value)}" for name, value in zip(offences.columns, row, strict=True))
        for row in offences.rows[:_MOST_SHOWN]
    ]
    return [f"{invariant.number:>5}  {invariant.rule:<{width}}  {found}", *shown, *_more(len(offences.rows))]


def _files(differing: list[Difference], resolve: str) -> list[str]:
    if not differing:
        return ["files  none has changed since it was loaded"]
    shown = [f"      {printable(short_name(one.name))}: {one.what}" for one in differing[:_MOST_SHOWN]]
    have = "1 file has" if len(differing) == 1 else f"{number(len(differing))} files have"
    found = f"files  {have} changed since loaded; decide: {resolve}"
    return [found, *shown, *_more(len(differing))]


def _truth(verdict: Verdict, name: str) -> list[str]:
    if verdict.truth is None:
        return [f"truth  not compared: {verdict.why}"]
    shown = [f"      {_difference(one)}" for one in verdict.truth.shown]
    return [f"truth  {compared(verdict.truth, name)}", *shown, *_more(verdict.truth.differences)]


def _difference(one: Wrong) -> str:
    expected, found = one.expected or {}, one.found or {}
    either = found or expected
    row = ", ".join([one.table, *(f"{name} {printable(either[name])}" for name in one.key)])
    if not found:
        return f"{row}: missing"
    if not expected:
        return f"{row}: should not be there"
    wrong = [
        f"{name} is {printable(found[name])}, should be {printable(expected[name])}"
        for name in expected
        if found[name] != expected[name]
    ]
    return f"{row}: {'; '.join(wrong)}"


def _more(total: int) -> list[str]:
    return [f"      and {number(total - _MOST_SHOWN)} more"] if total > _MOST_SHOWN else []
