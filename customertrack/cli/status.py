"""`customertrack status`: where the pipeline stands."""

import json
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from customertrack.cli.context import Context
from customertrack.cli.show import refreshes
from customertrack.cli.show.table import write
from customertrack.cli.show.value import json_ready, printable
from customertrack.cli.show.words import plural
from customertrack.local.memory_limit import in_words
from customertrack.local.notices import Notice, notices
from customertrack.reads.refreshes import last_refreshes
from customertrack.reads.results import Table, in_parts
from customertrack.reads.status import Status, read_status


def run(args: Namespace, context: Context) -> int:
    """Tables, pipe, pending rows, failed files, the task, and what the last refreshes cost."""
    with context.open_existing() as pipeline:
        status = read_status(pipeline.connection)
        last = last_refreshes(pipeline.connection)
        noticed = notices(pipeline.home, pipeline.connection)
        size = pipeline.home.warehouse_size
    home = {"home": str(context.home.folder), "memory_limit": context.home.memory_limit, "warehouse_size": size}
    facts = {**home, **json_ready(asdict(status)), "refreshes": json_ready([asdict(refresh) for refresh in last])}
    facts["landed_files"] = [asdict(notice) for notice in noticed]
    if args.format == "json":
        context.out.write(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
        return 0
    if args.format == "csv":
        write(in_parts(_flat(facts)), "csv", context.out)
        return 0
    for name, value in [*_lines(status, context, size), *_noticed(noticed)]:
        context.out.write(f"{name:<17}{value}\n")
    if last:
        context.out.write("\nThe last refreshes; each: seconds per statement\n")
        write(in_parts(refreshes.table(last)), "table", context.out)
    if any(notice.kind == "DIFFERS" for notice in noticed):
        context.say(f"decide about the files that differ: {context.command('resolve --help')}")
    return 0


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


def _lines(status: Status, context: Context, size: int) -> list[tuple[str, str]]:
    counts = status.counts
    waiting = plural(int(status.pipe.get("pendingFileCount", 0)), "file")
    lines = [
        ("home", str(context.home.folder)),
        ("landing", str(context.home.landing)),
        ("warehouse", f"{in_words(size)} in {context.home.warehouse.name}"),
        ("memory", f"{in_words(context.home.memory_limit)} at most, by --memory-limit"),
        ("pipe", f"{str(status.pipe.get('executionState', '')).lower()}, {waiting} waiting"),
        ("customer_raw", f"{plural(counts.landed, 'row')} landed, {counts.pending:,} pending"),
        ("customer_event", plural(counts.events, "event")),
        ("customer_reject", plural(counts.rejects, "reject")),
        ("customer", plural(counts.customers, "row")),
        ("customer_history", plural(counts.versions, "version")),
    ]
    return [*lines, ("refresh", _refresh(status)), ("task", _task(status)), *_failed(status)]


def _refresh(status: Status) -> str:
    last = status.last_batch
    if last is None:
        return "none yet"
    became = f"{plural(last.events_accepted, 'event')} + {plural(last.rows_rejected, 'reject')}"
    at = printable(last.finished_at.replace(microsecond=0))
    return f"number {last.batch_id} at {at} UTC: {plural(last.rows_landed, 'row')} = {became}"


def _task(status: Status) -> str:
    run = status.last_task_run
    if run is None:
        return "has not run yet"
    return f"{run.state.lower()}: {printable(run.message)}" if run.message else run.state.lower()


def _noticed(noticed: list[Notice]) -> list[tuple[str, str]]:
    """The files that lie in the landing folder and are not in the tables as they are."""
    words = {"DIFFERS": "differs", "EMPTY": "no rows yet", "NO_CSV": "not taken"}
    return [(words[one.kind], f"{printable(one.name)}: {one.text}") for one in noticed]


def _failed(status: Status) -> list[tuple[str, str]]:
    """The files that were not loaded; such a name is used up, so there is something to do about each."""
    return [("not loaded", f"{file.name}: {file.reason}") for file in status.failed_files]
