"""What is to be run: a pure function of the files found and of the history of runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from customertrack.migrations import names
from customertrack.migrations.files import Migration, repeated
from customertrack.migrations.problems import together

Status = Literal["Started", "Success", "Failed"]
STARTED: Status = "Started"
SUCCESS: Status = "Success"
FAILED: Status = "Failed"

Reason = Literal["new", "changed", "failed before", "interrupted before"]


@dataclass(frozen=True)
class HistoryRow:
    """One run of one file. `status` is Started (running, or ended without a word), Success or Failed."""

    script: str
    checksum: str
    status: Status


@dataclass(frozen=True)
class Pending:
    """A file to run, and why."""

    migration: Migration
    reason: Reason


@dataclass(frozen=True)
class Plan:
    """`pending` in the order of running; `warnings` are sentences."""

    pending: tuple[Pending, ...]
    warnings: tuple[str, ...]


# By the identity of the migration, or by the script where its name is not that of a migration.
_LastRuns = Mapping[object, HistoryRow]


def plan(found: Sequence[Migration], history: Sequence[HistoryRow], folders: Collection[str] | None = None) -> Plan:
    """What to run of `found`, given the runs so far, oldest first.

    A file is applied if its last run succeeded. Versioned files that are not applied come first, by version as a
    number; then, as in schemachange, the repeatable ones that are not applied or have changed since, by folder and by
    description. Of folders that are not among `folders`, if these are given, nothing is said.

    Raises UserError listing every applied versioned file that has changed, every pending version below the highest
    applied one, and every version or description that occurs twice.
    """
    last = {_identity(row): row for row in history}
    pending = [Pending(each, reason) for each in found if (reason := _reason(each, last))]
    if problems := [*(sentence for _, sentence in repeated(found)), *_changed(pending), *_out_of_order(pending, last)]:
        raise together(problems)
    return Plan(tuple(sorted(pending, key=_order)), tuple(_gone(found, last, folders)))


def describe(plan: Plan) -> list[str]:
    """The plan for people, a line each: file, number of statements, reason; then the warnings."""
    lines = [f"{each.migration.script}  {_statements(each.migration)}  {each.reason}" for each in plan.pending]
    return (lines or ["nothing to do"]) + [f"warning: {warning}" for warning in plan.warnings]


def _statements(migration: Migration) -> str:
    count = len(migration.statements)
    return "1 statement" if count == 1 else f"{count} statements"


def _identity(row: HistoryRow) -> object:
    name = names.parse(row.script)
    return name.identity if name else row.script


def _reason(migration: Migration, last: _LastRuns) -> Reason | None:
    row = last.get(migration.name.identity)
    if row is None:
        return "new"
    if row.status == STARTED:
        return "interrupted before"
    if row.status != SUCCESS:
        return "failed before"
    return None if row.checksum == migration.checksum else "changed"


def _order(pending: Pending) -> tuple[bool, tuple[int, ...], str, str]:
    name = pending.migration.name
    return name.kind == "R", name.number, name.folder, name.description


def _changed(pending: Sequence[Pending]) -> list[str]:
    return [
        f"{each.migration.script} was changed after it was applied; restore it, and put the change into a new version"
        for each in pending
        if each.reason == "changed" and each.migration.name.kind == "V"
    ]


def _out_of_order(pending: Sequence[Pending], last: _LastRuns) -> list[str]:
    applied = [name for row in last.values() if row.status == SUCCESS and (name := names.parse(row.script))]
    highest = max(applied, key=lambda name: name.number, default=None)
    if highest is None:
        return []
    return [
        f"{each.migration.script} is below version {highest.version}, which is applied; give it a higher version"
        for each in pending
        if each.migration.name.kind == "V" and each.reason != "changed" and each.migration.name.number < highest.number
    ]


def _gone(found: Sequence[Migration], last: _LastRuns, folders: Collection[str] | None) -> list[str]:
    here = {migration.name.identity for migration in found}
    return [
        f"{row.script} was {'applied' if row.status == SUCCESS else 'begun'}, but is no longer in the folder"
        for identity, row in last.items()
        if identity not in here and _is_asked_for(row, folders)
    ]


def _is_asked_for(row: HistoryRow, folders: Collection[str] | None) -> bool:
    folder = row.script.rpartition("/")[0]
    return folders is None or not folder or folder in folders
