"""`customertrack ingest`: CSV files of the user's own, landed, loaded, applied."""

from argparse import Namespace
from collections.abc import Mapping, Sequence, Set

from customertrack.cli.context import Context
from customertrack.cli.show.progress import Progress
from customertrack.cli.show.words import file_name, listed, plural, refreshed, sum_of
from customertrack.local.landing import Landed, csv_files
from customertrack.local.pipeline import Done, FileLoad, Pipeline, Step
from customertrack.reads import events, status
from customertrack.reads.events import RejectedFile
from customertrack.reads.status import Batch, Counts


def run(args: Namespace, context: Context) -> int:
    """Land, load and refresh, and say what became of each file; exit code 1 if one is not in the tables."""
    # A wrong name is an error before a home is made for it.
    files = csv_files(args.paths)
    with Progress(context.err) as progress:
        teller = _Teller(progress)
        with Pipeline.open(context.home, tell=teller.told) as pipeline:
            before = status.counts(pipeline.connection)
            done = pipeline.ingest(files, each=args.each)
            after = status.counts(pipeline.connection)
            warnings = _warnings(done, pipeline)
            failed = {file.name: file.reason for file in status.failed_files(pipeline.connection)}
    problems = _problems(done, failed)
    for line in [*_skipped(done, failed.keys()), *_totals(done, before, after, context), *warnings, *problems]:
        context.say(line)
    return 1 if problems else 0


class _Teller:
    """A line for each file that was loaded and for each refresh, as it happens."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
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
                self._progress.says(f"refresh {step.batch_id}: {refreshed(step)}")


def _skipped(done: Done, failed: Set[str]) -> list[str]:
    # A file that lay in the landing folder already, and was loaded from there now, is no news.
    no_news = failed | {load.name for load in done.loads}
    names = [one.path.name for one in done.landed if one.status == "SKIPPED" and one.name not in no_news]
    return [f"skipped, because the same {_files(names)} landed before: {listed(names)}"] if names else []


def _files(names: Sequence[str]) -> str:
    return "file" if len(names) == 1 else "files"


def _totals(done: Done, before: Counts, after: Counts, context: Context) -> list[str]:
    if not done.batches:
        return ["nothing to refresh: no row has landed"]
    events = sum(batch.events_accepted for batch in done.batches)
    tables = [
        f"customer {plural(after.customers, 'row')} ({after.customers - before.customers:+,})",
        f"customer_history {plural(after.versions, 'version')} ({after.versions - before.versions:+,})",
    ]
    lines = [f"{plural(done.rows_landed, 'row')} = {sum_of(events, done.rows_rejected)}; {', '.join(tables)}"]
    if done.rows_rejected:
        lines.append(f"the rejects and their reasons: {context.command('rejects')}")
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


def _warnings(done: Done, pipeline: Pipeline) -> list[str]:
    """A sentence for each file of which every row is a reject: most often its header is not what it should be."""
    rows = {load.name: load.rows for load in done.loads if load.rows}
    files = events.rejected_files(pipeline.connection, list(rows))
    columns = events.csv_columns(pipeline.connection)
    all_rejected = [_warning(file, columns) for file in files if file.rejects == rows[file.name]]
    strange = [load for load in done.loads if not load.rows and load.header and not _names_any(load.header, columns)]
    return all_rejected + [
        f"{file_name(load.name)}: no row was found, and its first line names none of the columns {', '.join(columns)}; "
        "if that line is a row, put a line with the names before it and land the file under another name"
        for load in strange
    ]


def _names_any(header: Sequence[str], columns: Sequence[str]) -> bool:
    return bool({name.lower() for name in header} & {column.lower() for column in columns})


def _warning(file: RejectedFile, columns: Sequence[str]) -> str:
    rows = "its only row is a reject" if file.rejects == 1 else f"all {file.rejects:,} rows are rejects"
    without = {"customer_id": file.without_key, "updated_at": file.without_time}
    missing = " and ".join(column for column, count in without.items() if count == file.rejects)
    if not missing:
        return f"{file_name(file.name)}: {rows}"
    return (
        f"{file_name(file.name)}: {rows}, as there is no {missing}; "
        f"the first line of a file names its columns, which are {', '.join(columns)}"
    )
