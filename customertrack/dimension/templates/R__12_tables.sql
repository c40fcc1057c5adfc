-- The event log, what is derived from it, and what the refresh notes down. No keys are declared: Snowflake would not enforce them,
-- the invariants check what they would promise. What can be derived from the events again is transient (decision 0026): a [[ 'compaction' if merged else 'refresh' ]] rewrites
-- most micro-partitions of [[ name ]]_state, and Time Travel and Fail-safe would keep each of them for days. In each table the attributes are last, because
-- CREATE OR ALTER TABLE adds a column at the end.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER TABLE [[ name ]]_event (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    updated_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'Event time, UTC',
[% for column in sequence %]
    [[ column.name ]] NUMBER(38, 0) COMMENT 'Order among events of one time; NULL is first',
[% endfor %]
    is_delete BOOLEAN NOT NULL COMMENT 'A tombstone: the attributes are NULL',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT '[[ 'known_at of the snapshot that has told it' if snapshots else 'When the row reached the warehouse' ]], UTC',
    batch_id NUMBER(38, 0) NOT NULL COMMENT '[[ name ]]_batch',
[% if snapshots %]
    content_hash BINARY(16) COMMENT 'Of all attributes: what snapshots are compared by; NULL: a tombstone',
    replaced_batch_id NUMBER(38, 0) COMMENT 'The refresh that has found that something else is true at that time',
    replaced_at TIMESTAMP_NTZ(6) COMMENT 'known_at of the snapshot that it has found that by; NULL: it stands',
[% endif %]
    part NUMBER(38, 0) COMMENT 'Which of the events that one row has made; NULL: it made one',
    definition NUMBER(38, 0) COMMENT 'Number of the definition under which the row landed; NULL: the first',
    unsaid VARCHAR COMMENT 'Which attributes of that definition the row did not say[[ ', a character for each: 1' if partial ]]; NULL: it said all of them',
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][% if attribute.since > 1 %] COMMENT 'Since definition [[ attribute.since ]]'[% endif %][[ comma(loop) ]]
[% endfor %]
)
[% if snapshots %]
COMMENT = 'The differences between snapshots that are neighbours in time: the truth that [[ name ]] and [[ name ]]_history are derived from';
[% else %]
COMMENT = 'Every accepted event, no-ops too: the truth that [[ name ]] and [[ name ]]_history are derived from. Only ever appended to';
[% endif %]

[% if truncates %]
CREATE OR ALTER TABLE [[ name ]]_barrier (
    updated_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'Event time, UTC',
[% for column in sequence %]
    [[ column.name ]] NUMBER(38, 0) COMMENT 'Order among events of one time; NULL is first',
[% endfor %]
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'When the row reached the warehouse, UTC',
    batch_id NUMBER(38, 0) NOT NULL COMMENT '[[ name ]]_batch'
)
COMMENT = 'Every accepted truncate: from its time on all keys are absent, also those whose events land later. Only ever appended to';

[% endif %]
CREATE TABLE IF NOT EXISTS [[ name ]]_reject (
    reject_reasons VARCHAR NOT NULL COMMENT 'All reasons, separated by a comma and a blank',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL,
    batch_id NUMBER(38, 0) NOT NULL,
[% for column in raw %]
    [[ column ]] [[ raw_type ]][[ comma(loop) ]]
[% endfor %]
)
COMMENT = 'Landed rows that are no valid event, whole, with the reasons';
[% if raw_added %]

[% for column in raw_added %]
ALTER TABLE [[ name ]]_reject ADD COLUMN IF NOT EXISTS [[ column ]] VARCHAR;
[% endfor %]
[% endif %]
[% if ignores %]

CREATE OR ALTER TABLE [[ name ]]_ignored (
    what VARCHAR NOT NULL COMMENT 'tombstone, message or heartbeat',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    loaded_at TIMESTAMP_NTZ(6) NOT NULL,
    batch_id NUMBER(38, 0) NOT NULL
)
COMMENT = 'Landed rows that say nothing of any [[ name ]], and are no fault';
[% endif %]

-- A version lives in exactly one place (decision 0002): the open ones here, the closed ones in [[ name ]]_closed. The view [[ name ]] shows who is present.
-- One table and not two (decision 0032): whether an event is late or changes nothing is asked of the columns before the attributes.
CREATE OR ALTER TRANSIENT TABLE [[ name ]]_state (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    last_event_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'Greatest time applied: an event at or before it is late',
    signature BINARY(16) COMMENT '[[ name ]]_signature; NULL: absent',
    valid_from TIMESTAMP_NTZ(6) COMMENT 'Since when: begin of the open version, or the delete; NULL: never present',
    source_file VARCHAR COMMENT 'File of the event that made it so',
    source_row NUMBER(38, 0) COMMENT 'Row in that file',
    is_told BOOLEAN COMMENT 'Whether an event has told what holds in all versions[% if lasting %]: [[ lasting|columns|fit(8, 80) ]][% endif %]',
    definition NUMBER(38, 0) COMMENT 'Number of a definition all of whose attributes have been said; NULL: that is not known',
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'One row per key ever seen: how the last event [[ 'that is compacted ' if merged ]]left it, absent or not. Read it through [[ states if merged else name ]]';

[% if history %]
CREATE OR ALTER TRANSIENT TABLE [[ name ]]_closed (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    valid_from TIMESTAMP_NTZ(6) NOT NULL,
    valid_to TIMESTAMP_NTZ(6) NOT NULL,
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 1
COMMENT = 'Closed versions[[ ' that are compacted' if merged ]]. Only appended to while the feed is in order; read it through [[ name ]]_history';

[% endif %]
CREATE OR ALTER TABLE [[ name ]]_batch (
    batch_id NUMBER(38, 0) NOT NULL,
    started_at TIMESTAMP_NTZ(6) NOT NULL,
    finished_at TIMESTAMP_NTZ(6) NOT NULL,
    files NUMBER(38, 0) NOT NULL COMMENT 'Files with rows in it; those of a backlog count with its first part',
    rows_landed NUMBER(38, 0) NOT NULL COMMENT '[[ 'Those of the snapshots that it has applied' if snapshots else 'Always events_accepted + rows_rejected' ]][[ ' + truncates' if truncates ]][[ ' + rows_ignored' if ignores ]]',
    events_accepted NUMBER(38, 0) NOT NULL[% if changing %] COMMENT 'Rows: one that changes its key counts once, though it makes two events'[% endif %],
    rows_rejected NUMBER(38, 0) NOT NULL COMMENT 'Those of a backlog count with its first part',
    keys_touched NUMBER(38, 0) NOT NULL,
    keys_late NUMBER(38, 0) NOT NULL COMMENT 'Keys with a late-arriving event, re-derived from their horizon on',
    versions_closed NUMBER(38, 0) NOT NULL COMMENT 'Rows written to [[ closed_written ]]',
    versions_opened NUMBER(38, 0) NOT NULL COMMENT 'Versions that begin in this batch and are open after it',
    last_loaded_at TIMESTAMP_NTZ(6) COMMENT 'Newest landed row: how far the tables have come. NULL in a part of a backlog after which others follow'[[ ',' if truncates or ignores ]]
[% if truncates %]
    truncates NUMBER(38, 0) COMMENT 'Those of a backlog count with its first part'[[ ',' if ignores ]]
[% endif %]
[% if ignores %]
    rows_ignored NUMBER(38, 0) COMMENT 'Those of a backlog count with its first part'
[% endif %]
)
COMMENT = 'One row per refresh that applied something; of a backlog, one per part';
