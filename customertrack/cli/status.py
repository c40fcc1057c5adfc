"""`customertrack status`: where the pipeline stands."""

import json
from argparse import Namespace
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from customertrack.cli.context import Context
from customertrack.cli.show import refreshes
from customertrack.cli.show.table import write
from customertrack.cli.show.value import json_ready, printable, sayable
from customertrack.cli.show.words import became, file_name, plural
from customertrack.local.dimensions import CUSTOMER, Dimension
from customertrack.local.memory_limit import in_words
from customertrack.local.notices import Notice, notices
from customertrack.local.pipeline import Pipeline
from customertrack.reads import snapshots
from customertrack.reads.fields import Fields, fields
from customertrack.reads.refreshes import Refresh, last_refreshes
from customertrack.reads.results import Table, in_parts
from customertrack.reads.snapshots import Waiting
from customertrack.reads.status import Status, read_status
from customertrack.warehouse import Connection


def run(args: Namespace, context: Context) -> int:
    """Tables, pipe, pending rows, failed files, the task, and what the last refreshes cost.

    Exit code 1 if a dimension cannot be asked.
    """

    def read(opened: Pipeline) -> tuple[list[_Section], int]:
        sound, code = context.each_of(opened)
        return [_read(pipeline) for pipeline in sound.values()], code

    with context.reading() as reader:
        sections, code = reader.ask(read)
    if not sections:
        return code
    size = context.home.warehouse_size
    first, *others = _told(sections)
    home = {"home": str(context.home.folder), "memory_limit": context.home.memory_limit, "warehouse_size": size}
    facts = {**home, **_facts(first)}
    if others:
        facts["dimensions"] = {section.name: _facts(section) for section in others}
    if args.format == "json":
        context.out.write(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        return code
    if args.format == "csv":
        write(in_parts(_flat(facts)), "csv", context.out)
        return code
    _write_lines(_lines_of_home(context, size), context)
    for section in (first, *others):
        if section is not first:
            context.out.write("\n")
        _write_section(section, context)
    if any(notice.kind == "DIFFERS" for section in (first, *others) for notice in section.notices):
        context.say(f"decide about the files that differ: {context.command('resolve --help')}")
    return code


@dataclass(frozen=True)
class _Section:
    """What is told of a dimension."""

    name: str
    landing: Path
    has_history: bool
    status: Status
    refreshes: list[Refresh]
    notices: list[Notice]
    snapshots: dict[str, int] | None
    waiting: list[Waiting]
    fields: Fields

    @property
    def has_something(self) -> bool:
        """Whether anything has landed."""
        return bool(self.status.counts.landed or self.status.failed_files or self.notices or self.refreshes)


def _read(pipeline: Pipeline) -> _Section:
    connection, dimension = pipeline.connection, pipeline.dimension
    name, has_history = dimension.name, dimension.tables.has_history
    return _Section(
        name,
        pipeline.home.landing_of(name),
        has_history,
        read_status(connection, name, has_history=has_history),
        last_refreshes(connection, name),
        notices(pipeline.home, connection, dimension),
        snapshots.counts(connection, name) if dimension.has_snapshots else None,
        snapshots.waiting(connection, name) if dimension.has_snapshots else [],
        _fields(connection, dimension),
    )


def _fields(connection: Connection, dimension: Dimension) -> Fields:
    if not dimension.has_records:
        return Fields()
    return fields(connection, dimension.tables, dimension.paths(all_known=True), dimension.paths(all_known=False))


def _told(sections: list[_Section]) -> list[_Section]:
    """Those of which there is something to tell, customer first; if there is none, what there is of customer."""
    ordered = sorted(sections, key=lambda section: section.name != CUSTOMER)
    return [section for section in ordered if section.has_something] or ordered[:1]


def _facts(section: _Section) -> dict[str, Any]:
    facts = json_ready(asdict(section.status))
    facts["refreshes"] = json_ready([asdict(refresh) for refresh in section.refreshes])
    facts["landed_files"] = [asdict(notice) for notice in section.notices]
    if section.snapshots is not None:
        facts["snapshots"] = section.snapshots
        facts["snapshots_waiting"] = json_ready([asdict(one) for one in section.waiting])
    if section.fields != Fields():
        facts["fields"] = json_ready(asdict(section.fields))
    return facts


def _write_section(section: _Section, context: Context) -> None:
    _write_lines([*_lines(section, context), *_about_fields(section.fields), *_noticed(section.notices)], context)
    if section.refreshes:
        context.out.write("\nThe last refreshes; each: seconds per statement\n")
        write(in_parts(refreshes.table(section.refreshes)), "table", context.out)


def _write_lines(lines: list[tuple[str, str]], context: Context) -> None:
    for name, value in ((name, sayable(value)) for name, value in lines):
        context.out.write(f"{name:<17}{value}\n" if len(name) < 17 else f"{name}  {value}\n")


def _flat(facts: dict[str, Any]) -> Table:
    """The facts as rows of name and value: `counts.landed`, `failed_files.0.name`."""
    rows: list[tuple[Any, ...]] = []

    def add(name: str, value: Any) -> None:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
        if inner is None:
            rows.append((name, value))
        else:
            for key, one in inner:
                add(f"{name}.{key}" if name else str(key), one)

    add("", facts)
    return Table(("name", "value"), rows)


def _lines_of_home(context: Context, size: int) -> list[tuple[str, str]]:
    return [
        ("home", str(context.home.folder)),
        ("warehouse", f"{in_words(size)} in {context.home.warehouse.name}"),
        ("memory", f"{in_words(context.home.memory_limit)} at most; --memory-limit sets it"),
    ]


def _lines(section: _Section, context: Context) -> list[tuple[str, str]]:
    status, name = section.status, section.name
    counts = status.counts
    waiting = plural(int(status.pipe.get("pendingFileCount", 0)), "file")
    lines = [
        ("landing", str(section.landing)),
        ("pipe", f"{str(status.pipe.get('executionState', '')).lower()}, {waiting} waiting"),
        (f"{name}_raw", f"{plural(counts.landed, 'row')} landed, {counts.pending:,} pending"),
        (f"{name}_event", plural(counts.events, "event")),
        (f"{name}_reject", plural(counts.rejects, "reject")),
        (name, plural(counts.customers, "row")),
    ]
    if section.has_history:
        lines.append((f"{name}_history", plural(counts.versions, "version")))
    if section.snapshots is not None:
        told = ", ".join(f"{count:,} {state}" for state, count in section.snapshots.items())
        lines.append(("snapshots", told or "none yet"))
    lines += [(one.status, _waits(one, context)) for one in section.waiting]
    return [*lines, ("refresh", _refresh(status)), ("task", _task(status, name, context)), *_failed(status)]


def _waits(one: Waiting, context: Context) -> str:
    since = f"since {printable(one.loaded_at.replace(microsecond=0))} UTC"
    reason = f": {one.reason}; decide: {context.about_held(one)}"
    return f"{printable(file_name(one.source_file))}, {since}{reason if one.status == 'held' else ''}"


def _about_fields(found: Fields) -> list[tuple[str, str]]:
    unknown = f"not in the definition, and ignored: {', '.join(map(printable, found.unknown))}"
    gone = f"in none of the newest records: {', '.join(map(printable, found.gone))}"
    return [("fields", unknown)] * bool(found.unknown) + [("fields", gone)] * bool(found.gone)


def _refresh(status: Status) -> str:
    last = status.last_batch
    if last is None:
        return "none yet"
    rows = became(last.rows_landed, last.events_accepted, last.rows_rejected, last.truncates, last.rows_ignored)
    at = printable(last.finished_at.replace(microsecond=0))
    return f"number {last.batch_id} at {at} UTC: {rows}"


def _task(status: Status, name: str, context: Context) -> str:
    run = status.last_task_run
    if run is None:
        told = "has not run yet"
    else:
        told = f"{run.state.lower()}: {printable(run.message)}" if run.message else run.state.lower()
    if not status.task_is_suspended:
        return told
    resume = context.command(f"query 'ALTER TASK {name}_refresh_task RESUME'")
    return f"{told}; suspended, so that nothing is applied until it is resumed: {resume}"


def _noticed(noticed: list[Notice]) -> list[tuple[str, str]]:
    """The files that lie in the landing folder and are not in the tables as they are."""
    words = {"DIFFERS": "differs", "EMPTY": "no rows yet", "NO_CSV": "not taken"}
    return [(words[one.kind], f"{printable(one.name)}: {one.text}") for one in noticed]


def _failed(status: Status) -> list[tuple[str, str]]:
    """The files that were not loaded; such a name is used up, so there is something to do about each."""
    return [("not loaded", f"{file.name}: {file.reason}") for file in status.failed_files]
