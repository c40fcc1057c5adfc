"""Files that were loaded and not understood: which columns they have, and what became of the rows. Needs a warehouse.

A column that no table has is left out while loading, and one that is missing is NULL in every row: no row fails, and
the values are wrong. So the columns themselves are read again, of each file that was loaded in the window: the header
of CSV, or where it has none the number of its fields, and the schema of Parquet. JSON has none: each row has its own.
"""

from collections import defaultdict
from typing import Any

from customertrack.errors import UserError
from customertrack.sqltext.literals import literal
from customertrack.warehouse import Connection, WarehouseError, message_of
from lambdas.watch.files import Landing, is_loaded, is_under_way, of_files
from lambdas.watch.metric import Metric
from lambdas.watch.window import Window

# `{name}`: that of the dimension.
# By the time of loading; the function wants constants and knows 14 days. Two days are more than the longest window.
LOADS = (
    "SELECT file_name, status, row_count, first_error_message FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY("
    "TABLE_NAME => '{name}_raw', START_TIME => DATEADD('day', -2, CURRENT_TIMESTAMP()))) "
    "WHERE CONVERT_TIMEZONE('UTC', last_load_time)::TIMESTAMP_NTZ(6) > ? "
    "AND CONVERT_TIMEZONE('UTC', last_load_time)::TIMESTAMP_NTZ(6) <= ? "
    "ORDER BY last_load_time DESC"
)
# One file a call: with a single name both forms that the documentation has had for FILES are the same text.
HEADER = (
    "SELECT column_name FROM TABLE(INFER_SCHEMA(LOCATION => '@{name}_ext_stage', FILE_FORMAT => '{name}_{format}', "
    "FILES => ({file}), IGNORE_CASE => {folds}, MAX_RECORDS_PER_FILE => 1))"
)
TABLE = "SELECT * FROM {name}_raw LIMIT 0"


def _rejected_whole(*accepted: str) -> str:
    """The files of rejects alone. `accepted`: the tables of what is none."""
    # Snowpipe may split a file over batches, which are close together then.
    recent = "WHERE batch_id >= (SELECT MIN(batch_id) - 100 FROM batch)"
    files = " UNION ".join(f"SELECT DISTINCT source_file FROM {table} {recent}" for table in accepted)
    return (
        "WITH batch AS (SELECT batch_id FROM {name}_batch WHERE finished_at > ? AND finished_at <= ?), "
        f"accepted AS ({files}) "
        "SELECT r.source_file, COUNT(*), MIN(r.reject_reasons) FROM {name}_reject AS r "
        "LEFT JOIN accepted AS a ON r.source_file = a.source_file "
        "WHERE r.batch_id IN (SELECT batch_id FROM batch) AND a.source_file IS NULL "
        "GROUP BY r.source_file"
    )


REJECTED_WHOLE = _rejected_whole("{name}_event")
NO_TRUNCATE_EITHER = _rejected_whole("{name}_event", "{name}_barrier")
# Of a snapshot most rows are in no log.
SNAPSHOTS_REJECTED_WHOLE = (
    "SELECT s.source_file, MAX(s.rows_landed), MIN(r.reject_reasons) FROM {name}_snapshot AS s "
    "INNER JOIN {name}_reject AS r ON s.source_file = r.source_file "
    "WHERE s.batch_id IN (SELECT b.batch_id FROM {name}_batch AS b WHERE b.finished_at > ? AND b.finished_at <= ?) "
    "AND s.rows_rejected = s.rows_landed GROUP BY s.source_file"
)
_METADATA = {"SOURCE_FILE", "SOURCE_ROW", "FILE_MODIFIED_AT", "LOADED_AT"}
# "Does not exist or not authorized", of the stage or the format; "Insufficient privileges": the watch is what is wrong.
_NOT_THE_FILE = {2003, 3001}
# Headers read in one watch: the newest. One takes a part of a second.
_MOST = 100


def misread(connection: Connection, window: Window, landing: Landing) -> list[Metric]:
    """FilesMisread: files loaded in the window that were left out, have no rows, other columns, or rejects alone.

    The note names each, and those beyond the newest 100, whose columns are not read.
    """
    findings: dict[str, list[str]] = defaultdict(list)
    table = _columns(connection, landing) if landing.columns.others_are_lost else frozenset()
    read = 0
    for name, status, rows, error in _all(connection, landing, LOADS, *window.binds):
        file = landing.relative(name)
        if is_under_way(status):
            continue
        if not is_loaded(status):
            findings[file].append(f"left out ({error}): correct it and land it under another name")
            continue
        if not rows:
            findings[file].append("has no rows: if rows come later, land them under another name")
        elif not landing.columns.tell:
            continue
        elif read < _MOST:
            findings[file] += _header(connection, landing, file, table)
        read += 1
    # What says nothing is no reject, and does not tell whether a file was understood.
    that = " that say something" if landing.has_ignored else ""
    for name, rows, reasons in _all(connection, landing, _rejected_of(landing), *window.binds):
        findings[landing.relative(name)].append(f"all of its {rows} rows{that} are rejects, such as {reasons}")
    metric = of_files("FilesMisread", findings)
    if read > _MOST:
        note = f"{metric.note}\nof {read} files only the newest {_MOST} headers were read".strip()
        return [Metric(metric.name, metric.value, note=note)]
    return [metric]


def _rejected_of(landing: Landing) -> str:
    if landing.has_snapshots:
        return SNAPSHOTS_REJECTED_WHOLE
    return NO_TRUNCATE_EITHER if landing.has_truncates else REJECTED_WHOLE


def _columns(connection: Connection, landing: Landing) -> frozenset[str]:
    """What a file may bring: the columns of the table of landed rows but for those that the load adds."""
    cursor = connection.cursor()
    cursor.execute(TABLE.format(name=landing.dimension))
    return frozenset(str(column[0]).upper() for column in cursor.description or ()) - _METADATA


def _header(connection: Connection, landing: Landing, file: str, table: frozenset[str]) -> list[str]:
    try:
        text = HEADER.format(
            name=landing.dimension,
            format=landing.format,
            file=literal(file),
            folds="FALSE" if landing.columns.has_case else "TRUE",
        )
        cursor = connection.cursor()
        cursor.execute(text)
        names = [str(name) for (name,) in cursor.fetchall()]
    except UserError:
        return ["its header was not read: its name has other characters than letters, digits and _.:/@+=,-"]
    except Exception as error:
        if not isinstance(error, WarehouseError) or error.errno in _NOT_THE_FILE:
            raise
        return [f"its header could not be read: {message_of(error)}"]
    return landing.columns.faults(names, table)


def _all(connection: Connection, landing: Landing, sql: str, *binds: object) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.execute(sql.format(name=landing.dimension), binds)
    return cursor.fetchall()
