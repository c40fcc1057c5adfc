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
    signature BINARY(16) COMMENT '[[ name ]]_signature of the attributes[% if not all_versioned %] that begin versions[% endif %]; NULL for a tombstone',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'When the row reached the warehouse, UTC',
    batch_id NUMBER(38, 0) NOT NULL COMMENT '[[ name ]]_batch',
[% for attribute in attributes %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
COMMENT = 'Every accepted event, no-ops too: the truth that [[ name ]] and [[ name ]]_history are derived from. Only ever appended to';

CREATE OR ALTER TABLE [[ name ]]_reject (
    reject_reasons VARCHAR NOT NULL COMMENT 'All reasons, separated by a comma and a blank',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL,
    batch_id NUMBER(38, 0) NOT NULL,
[% for column in feed %]
    [[ column ]] VARCHAR[[ comma(loop) ]]
[% endfor %]
)
COMMENT = 'Landed rows that are no valid event, whole, with the reasons';

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
[% if lasting %]
    is_told BOOLEAN COMMENT 'Whether an event has told what holds in all versions: [[ lasting|columns|fit(8) ]]',
[% endif %]
[% for attribute in attributes %]
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
    source_row NUMBER(38, 0) NOT NULL[[ ',' if own ]]
[% for attribute in own %]
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
    rows_landed NUMBER(38, 0) NOT NULL COMMENT 'Always events_accepted + rows_rejected',
    events_accepted NUMBER(38, 0) NOT NULL,
    rows_rejected NUMBER(38, 0) NOT NULL COMMENT 'Those of a backlog count with its first part',
    keys_touched NUMBER(38, 0) NOT NULL,
    keys_late NUMBER(38, 0) NOT NULL COMMENT 'Keys with a late-arriving event, re-derived from their horizon on',
    versions_closed NUMBER(38, 0) NOT NULL COMMENT 'Rows written to [[ closed_written ]]',
    versions_opened NUMBER(38, 0) NOT NULL COMMENT 'Versions that begin in this batch and are open after it',
    last_loaded_at TIMESTAMP_NTZ(6) COMMENT 'Newest landed row: how far the tables have come. NULL in a part of a backlog after which others follow'
)
COMMENT = 'One row per refresh that applied something; of a backlog, one per part';

-- One row. Updating it first makes concurrent refreshes wait for each other; the batch number rises with each, and is nobody else's.
CREATE OR ALTER TABLE [[ name ]]_refresh (
    batch_id NUMBER(38, 0) NOT NULL COMMENT 'The last batch',
    event_batch_id NUMBER(38, 0) NOT NULL COMMENT 'That of its events in [[ name ]]_event: of a backlog, the number of its first part',
    parts NUMBER(38, 0) NOT NULL COMMENT 'In how many parts they are applied, by a hash of the key; 1 unless they are a backlog',
    part NUMBER(38, 0) NOT NULL COMMENT 'The last part that is applied: fewer than parts while some are left',
    most_rows NUMBER(38, 0) NOT NULL COMMENT 'More landed rows than this are a backlog, applied in parts of about so many'
)
COMMENT = 'Number of the last refresh, what is left of a backlog, and how much one transaction takes';

INSERT INTO [[ name ]]_refresh (batch_id, event_batch_id, parts, part, most_rows)
SELECT first_row.batch_id, first_row.event_batch_id, first_row.parts, first_row.part, first_row.most_rows
FROM (SELECT 0 AS batch_id, 0 AS event_batch_id, 1 AS parts, 1 AS part, 5000000 AS most_rows) AS first_row
WHERE NOT EXISTS (SELECT 1 FROM [[ name ]]_refresh);
