"""Which names a dimension and its columns can have, and the names of everything that is made for it."""

import re
from collections.abc import Iterator

from customertrack.dimension.reserved import QUOTED, RESERVED

_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
# Names of objects are made of it, and an account has a limit of 64 for some of them.
LONGEST_DIMENSION = 40
# Snowflake has 255; reasons and names of parts are made of it.
LONGEST_COLUMN = 200

# Columns that the tables and views have beside the key and the attributes.
METADATA = frozenset(
    {
        "anchor", "batch_id", "changes_key", "content_hash", "definition", "derivation", "derived_as",
        "event_at", "event_batch_id", "events", "file_modified_at", "first_at", "horizon",
        "ignored_as", "is_change", "is_current", "is_delete",
        "is_end", "is_first", "is_last", "is_late", "is_no_record", "is_of_another", "is_reject", "is_told",
        "is_truncate", "is_unreadable", "landed_changes", "landed_event", "landed_key", "landed_line", "landed_record",
        "last_event_at", "life", "loaded_at", "op", "part", "part_of_end", "prior_hash", "reject_reasons",
        "replaced_at", "replaced_batch_id", "said", "sequence", "signature", "snapshot_at", "source_file", "source_row",
        "stretch_number", "unsaid", "update_timestamp", "updated_at", "upserts", "valid_from", "valid_to", "version_id",
        # Arguments of functions: there a column of the name would be meant.
        "as_of_time", "known_time", "known_version_id",
    }
)  # fmt: skip

# What each landed row, and each reject, has beside the columns of a file (sql/<name>/R__10_raw.sql, R__12_tables.sql).
# By the last one the embedded warehouse knows the rows of a stream.
OF_LANDED = frozenset(
    {"source_file", "source_row", "file_modified_at", "loaded_at", "reject_reasons", "batch_id", "rowid"}
)

# What the view calls a column on the way from text to value: no other column may be called so.
_STEPS = ("text", "time_text", "wall_clock", "offset_number")
STEPS = (*_STEPS, "before", *(f"before_{step}" for step in _STEPS))
TAKEN = METADATA | {f"{name}_{step}" for name in METADATA for step in (*STEPS, "number")}

# Everything that is made for a dimension, wherever its name stands in it.
_BEHIND = (
    "raw", "event", "barrier", "reject", "batch", "refresh", "state", "closed", "history", "key", "backlog",
    "backlog_left", "recent", "recent_closed", "superseded", "compaction", "correct", "keep", "csv", "json",
    "parquet", "ext_stage", "s3_pipe", "table_changes", "signature", "as_of", "as_known", "version_id", "version_of",
    "refresh_task", "purge_task", "compact_task", "work_key", "work_timeline", "work_taken_up", "work_lasting",
    "renewal", "definition", "ignored", "unavailable", "lsn", "snapshot", "snapshot_decision", "spared", "known",
    "content", "work_file", "work_loaded", "work_text", "work_landed", "work_known", "work_difference",
)  # fmt: skip
_AROUND = (
    "{}", "v_{}_changing_data", "v_{}_event_left", "v_{}_event_applied", "v_{}_input_applied", "v_{}_state",
    "v_{}_closed", "v_{}_version", "pdr_pipeline_scd2_{}", "pdr_purge_{}_raw", "pdr_rebuild_{}", "pdr_compact_{}",
    "pdr_end_recent_{}", "renew_{}_stream", "v_{}_event_standing", "v_{}_snapshot_time", "pdr_compare_snapshot_{}",
    "pdr_apply_snapshots_{}", "release_{}_snapshot", "discard_{}_snapshot",
)  # fmt: skip


def objects(dimension: str) -> frozenset[str]:
    """The names of all objects that are made for a dimension, or may be."""
    around = (each.format(dimension) for each in _AROUND)
    return frozenset(around).union(f"{dimension}_{each}" for each in _BEHIND)


def written(column: str) -> str:
    """A column's name as SQL has it, with quotes where it needs them."""
    return f'"{column.upper()}"' if column in QUOTED else column


def written_in_feed(column: str) -> str:
    """The name of a landed column as SQL has it. A load matches names in any case, so most need no quotes."""
    lower = column.lower()
    if _PLAIN.fullmatch(lower) and lower not in RESERVED:
        return lower
    # A letter stays that is two in capitals, as those of the sharp s: a load would look for other letters.
    capitals = "".join(one.upper() if len(one.upper()) == 1 else one for one in column)
    doubled = capitals.replace('"', '""')
    return f'"{doubled}"'


def faults_of_dimension(name: str) -> Iterator[str]:
    """What is wrong with the name of a dimension, as sentences."""
    yield from _plain("dimension", name, LONGEST_DIMENSION)
    if name in RESERVED:
        yield f'The dimension cannot be called "{name}": it is a reserved word of SQL; add a word, as "{name}_item"'


def faults_of_column(name: str) -> Iterator[str]:
    """What is wrong with the name of a key part or an attribute, as sentences."""
    yield from _plain("column", name, LONGEST_COLUMN)
    if name in RESERVED - QUOTED:
        yield f'No column can be called "{name}": it is a reserved word of SQL; {_from(name)}'
    if name in TAKEN:
        yield f'No column can be called "{name}": the tables have one of that name; {_from(name)}'


def _plain(what: str, name: str, longest: int) -> Iterator[str]:
    if not _PLAIN.fullmatch(name):
        yield (
            f'"{name}" is no name for a {what}: it is made of a to z, 0 to 9 and _, and begins with a letter'
            + (f"; {_from(name)}" if what == "column" else "")
        )
    elif len(name) > longest:
        yield f'"{name}" is too long for a {what}: it has at most {longest} characters'


def _from(name: str) -> str:
    return f'give it another, and say from = "{name}"'
