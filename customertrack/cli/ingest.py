"""`customertrack ingest`: CSV files of the user's own, landed, loaded, applied."""

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence, Set
from pathlib import Path

from customertrack.cli.context import Context
from customertrack.cli.files_of_dimension import by_dimension
from customertrack.cli.show import told
from customertrack.cli.show.progress import Progress
from customertrack.cli.show.value import printable
from customertrack.cli.show.words import became, file_name, listed, plural, refreshed
from customertrack.cli.snapshots import held_now
from customertrack.errors import UserError
from customertrack.local.dimensions import Dimension
from customertrack.local.done import Done, FileLoad, Step
from customertrack.local.findings import findings
from customertrack.local.landing import Landed, endings, folders_in, landable_files, other_files
from customertrack.local.notices import notices, unsettled
from customertrack.local.pipeline import Pipeline
from customertrack.reads import status
from customertrack.reads.status import Batch, Counts


def run(args: Namespace, context: Context) -> int:
    """Land, load and refresh, and say what became of each file; exit code 1 if one is not in the tables."""
    # A wrong name is an error before a home is made for it.
    given = by_dimension(context.home, args.paths, args.dimension)
    rendered = context.as_defined(given)
    if not rendered:
        return 1
    files = {name: landable_files(given[name], context.home.dimension(name)) for name in rendered}
    context.home.take_up(rendered)
    with Pipeline.open(context.home) as pipeline:
        context.say_broken(pipeline, but=given)
        codes = [_apart(pipeline.of(name), files[name], given[name], args, context) for name in rendered]
    return max(codes) if rendered == [*given] else 1


def _apart(pipeline: Pipeline, files: Sequence[Path], given: Sequence[Path], args: Namespace, context: Context) -> int:
    """One dimension's files; where they fail, those of others do not. Returns the exit code."""
    try:
        return _ingest(pipeline, files, given, args, context)
    except UserError as error:
        context.say(f"customertrack: {error}")
        return error.exit_code


def _ingest(opened: Pipeline, files: Sequence[Path], paths: Sequence[Path], args: Namespace, context: Context) -> int:
    dimension = opened.dimension
    left_out = [file for file in files if file not in paths and not dimension.takes(file.name)]
    files = [file for file in files if file not in left_out]
    with Progress(context.err) as progress:
        pipeline = opened.of(dimension.name, tell=_Teller(progress, dimension.name).told)
        before = pipeline.counts()
        done = pipeline.ingest(files, each=args.each)
        after = pipeline.counts()
        found = findings(pipeline, done.loads, done.batches)
        noticed = notices(pipeline.home, pipeline.connection, dimension) + unsettled(done.unsettled)
        failed = {file.name: file.reason for file in status.failed_files(pipeline.connection, dimension.name)}
        held = held_now(pipeline, done.loads, context)
    lines = [*_without_rows(done), *told.about_findings(found), *_not_taken(paths, context, dimension)]
    lines += _left_out(left_out, dimension)
    lines += told.about_notices(noticed, context.command("resolve"))
    given = {one.name for one in done.landed if not one.reason}
    not_as_given = {dimension.prefix + one.name for one in noticed if one.kind != "EMPTY"}
    skipped = _skipped(done, failed.keys() | (given & not_as_given))
    problems = [*_problems(done, failed), *held]
    for line in [*skipped, *_totals(done, before, after, context, dimension), *lines, *problems]:
        context.say(line)
    return 1 if problems or given & not_as_given or (args.strict and lines) else 0


class _Teller:
    """A line for each file that was loaded and for each refresh, as it happens."""

    def __init__(self, progress: Progress, key: str) -> None:
        self._progress = progress
        self._key = key
        self._files = 0
        self._rows = 0

    def told(self, step: Step) -> None:
        """What the pipeline has just done."""
        match step:
            case Landed(status="LANDED"):
                self._progress.does(f"loading {step.path.name}")
            case FileLoad(status="LOADED"):
                self._files += 1
                self._rows += step.rows
                self._progress.says(f"{file_name(step.name)}: {plural(step.rows, 'row')}")
                self._progress.does(f"{plural(self._files, 'file')}, {plural(self._rows, 'row')} loaded")
            case Batch():
                self._progress.says(f"refresh {step.batch_id}: {refreshed(step, self._key)}")


def _skipped(done: Done, failed: Set[str]) -> list[str]:
    # A file that lay in the landing folder already, and was loaded from there now, is no news.
    no_news = failed | {load.name for load in done.loads}
    names = [one.path.name for one in done.landed if one.status == "SKIPPED" and one.name not in no_news]
    return [f"skipped, because the same {_files(names)} landed before: {listed(names)}"] if names else []


def _without_rows(done: Done) -> list[str]:
    return [
        f"{one.path.name}: nothing landed, because {one.reason}; land it again when it has rows"
        for one in done.landed
        if one.status == "EMPTY"
    ]


def _not_taken(paths: Sequence[Path], context: Context, dimension: Dimension) -> list[str]:
    """What lies in the given folders beside its files; of the landing folder there are notices."""
    landing = context.home.landing_of(dimension.name).resolve()
    others = [
        name for path in paths if path.is_dir() and path.resolve() != landing for name in other_files(path, dimension)
    ]
    # A name with a line end in it is none that the stage matches, however it ends.
    shown = listed([*map(printable, others)])
    lines = [f"not taken, because their names do not end in {endings(dimension)}: {shown}"] if others else []
    return [*lines, *_not_looked_into(path for path in paths if path.is_dir() and path.resolve() != landing)]


def _not_looked_into(folders: Iterable[Path]) -> list[str]:
    """What the given folders have in them that may hold files too, as where a source writes a folder a day."""
    inside = [str(folder / name) for folder in folders for name in folders_in(folder)]
    shown = listed([*map(printable, inside)])
    return [f"not looked into, as only the folders that are named are: {shown}"] if inside else []


def _left_out(files: Sequence[Path], dimension: Dimension) -> list[str]:
    """What lies in the given folders beside the files of the feed."""
    names, called = sorted(file.name for file in files), dimension.definition.feed.files
    return [f"not taken, because their names do not fit {called}: {listed(names)}"] if names else []


def _files(names: Sequence[str]) -> str:
    return "file" if len(names) == 1 else "files"


def _totals(done: Done, before: Counts, after: Counts, context: Context, dimension: Dimension) -> list[str]:
    if not done.batches:
        has_landed = any(load.rows for load in done.loads) or (dimension.has_snapshots and done.loads)
        return ["nothing to apply" if has_landed else "nothing to refresh: no row has landed"]
    events = sum(batch.events_accepted for batch in done.batches)
    name = dimension.name
    tables = [f"{name} {plural(after.customers, 'row')} ({after.customers - before.customers:+,})"]
    if dimension.tables.has_history:
        versions = f"{plural(after.versions, 'version')} ({after.versions - before.versions:+,})"
        tables.append(f"{name}_history {versions}")
    truncates, ignored = (sum(getattr(one, of) for one in done.batches) for of in ("truncates", "rows_ignored"))
    lines = [f"{became(done.rows_landed, events, done.rows_rejected, truncates, ignored)}; {', '.join(tables)}"]
    if done.rows_rejected:
        lines.append(f"the rejects and their reasons: {context.command_of(name, 'rejects')}")
    return lines


def _problems(done: Done, failed: Mapping[str, str]) -> list[str]:
    """A sentence for each file that is not in the tables although it was given."""
    loaded_now = {load.name for load in done.loads}
    before = [
        f"{landed.path}: it landed before and nothing of it was loaded, because {failed[landed.name]}. "
        "Correct it and land it under another name."
        for landed in done.landed
        if landed.status == "SKIPPED" and landed.name in failed and landed.name not in loaded_now
    ]
    return before + done.problems
