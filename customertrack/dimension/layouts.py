"""What a layout says by itself: what has happened, when, and the place of a change in its source's log."""

from collections.abc import Mapping, Sequence

from customertrack.dimension.definition import ColumnTime, Connector, FeedLayout, Op

OP, TIME = "op", "source_time"
CDC_TIME = "_ab_cdc_updated_at"
"""Airbyte's name of the time at which a change was committed."""

AIRBYTE_COLUMNS = ("_airbyte_data", "_airbyte_meta")
# What its files have beside them, and nothing reads.
AIRBYTE_OTHERS = ("_airbyte_raw_id", "_airbyte_ab_id", "_airbyte_extracted_at", "_airbyte_generation_id")
"""Of its CSV: the row, and what it says of that, each as JSON."""

# Order among changes of one time, the first number first. It is there in each row; the others may be empty.
_SEQUENCES: Mapping[Connector, Sequence[str]] = {
    "postgres": ("source_lsn",),
    "mysql": ("source_binlog_file", "source_binlog_pos", "source_binlog_row"),
    "sqlserver": ("source_commit_lsn", "source_change_lsn", "source_event_serial_no"),
    "oracle": ("source_commit_scn", "source_scn", "source_ssn"),
}
FORMATS: Mapping[FeedLayout, Sequence[str]] = {
    "debezium": ("json",),
    "debezium_flat": ("json",),
    "airbyte": ("json", "parquet", "csv"),
}
"""In which formats a layout comes."""


def own_op(layout: FeedLayout) -> Op | None:
    """What its rows say that has happened. Only an envelope tells of a truncate: what flattens it leaves that out."""
    match layout:
        case "debezium":
            return Op(OP, ("C", "U", "R"), ("D",), ("T",))
        case "debezium_flat":
            return Op(OP, ("C", "U", "R"), ("D",))
        case "airbyte":
            return Op(OP, ("C",), ("D",))
    return None


def own_time(layout: FeedLayout) -> ColumnTime:
    """When a change was committed in the source."""
    return ColumnTime(CDC_TIME) if layout == "airbyte" else ColumnTime(TIME, "epoch_us")


def own_sequence(connector: Connector | None) -> tuple[str, ...]:
    """The numbers of the source's log; that of PostgreSQL where nothing is said."""
    return tuple(_SEQUENCES[connector or "postgres"])
