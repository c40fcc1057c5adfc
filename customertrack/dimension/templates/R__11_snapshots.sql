[% if snapshots %]
-- What is kept of each snapshot beside its differences, which are the events of [[ name ]]_event (decision 0039).
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER TABLE [[ name ]]_snapshot (
    source_file VARCHAR NOT NULL,
    status VARCHAR NOT NULL COMMENT 'loading, landed, applied, superseded, held or discarded',
    reason VARCHAR COMMENT 'Why it is held, or was',
    snapshot_at TIMESTAMP_NTZ(6) COMMENT 'The time of which it is the whole truth, UTC; NULL: there is none to be read, or it is still loading',
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'When its last row reached the warehouse, UTC',
    known_at TIMESTAMP_NTZ(6) COMMENT 'Since when the tables say so: not before its release, nor before what was applied earlier. loaded_at of its events',
    batch_id NUMBER(38, 0) COMMENT '[[ name ]]_batch: the refresh that applied it, or found it superseded',
    rows_landed NUMBER(38, 0) COMMENT 'Always the sum of the four that follow',
    rows_changed NUMBER(38, 0) COMMENT 'Events of it: the key is new, or is another than in the snapshot before',
    rows_unchanged NUMBER(38, 0) COMMENT 'Not kept: the log tells them',
    rows_repeated NUMBER(38, 0) COMMENT 'Of a key that stands further down in the file again',
    rows_rejected NUMBER(38, 0),
    first_unreadable_row NUMBER(38, 0) COMMENT 'The first whose key cannot be read',
    keys_before NUMBER(38, 0) COMMENT 'Present just before it',
    keys_deleted NUMBER(38, 0) COMMENT 'How many of these it does not have'
)
COMMENT = 'One row per snapshot that has landed, for ever';

CREATE OR ALTER TABLE [[ name ]]_snapshot_decision (
    source_file VARCHAR NOT NULL,
    decision VARCHAR NOT NULL COMMENT 'release or discard',
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'UTC'
)
COMMENT = 'What was decided of snapshots that were held. Only ever appended to';

CREATE OR ALTER TABLE [[ name ]]_spared (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    snapshot_at TIMESTAMP_NTZ(6) NOT NULL
)
COMMENT = 'Keys of which the snapshot of that time says nothing: their only rows in it are rejects';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_known (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    content_hash BINARY(16) NOT NULL,
    landed_hash NUMBER(19, 0) COMMENT 'HASH of the texts that said so, but for the time; NULL: not known'
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'What the log says last of each key that is present: what a snapshot that comes in order is compared with';
[% endif %]
