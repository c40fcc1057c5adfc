-- The event log, what is derived from it, and what the refresh notes down. No keys are declared: Snowflake would not enforce them,
-- the invariants check what they would promise. What can be derived from the events again is transient (decision 0026): a refresh rewrites
-- most micro-partitions of orders_state, and Time Travel and Fail-safe would keep each of them for days. In each table the attributes are last, because
-- CREATE OR ALTER TABLE adds a column at the end.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER TABLE orders_event (
    id NUMBER(38, 0) NOT NULL,
    updated_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'Event time, UTC',
    is_delete BOOLEAN NOT NULL COMMENT 'A tombstone: the attributes are NULL',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'When the row reached the warehouse, UTC',
    batch_id NUMBER(38, 0) NOT NULL COMMENT 'orders_batch',
    part NUMBER(38, 0) COMMENT 'Which of the events that one row has made; NULL: it made one',
    definition NUMBER(38, 0) COMMENT 'Number of the definition under which the row landed; NULL: the first',
    unsaid VARCHAR COMMENT 'Which attributes of that definition the row did not say; NULL: it said all of them',
    a_b VARCHAR(10)
)
COMMENT = 'Every accepted event, no-ops too: the truth that orders and orders_history are derived from. Only ever appended to';

CREATE TABLE IF NOT EXISTS orders_reject (
    reject_reasons VARCHAR NOT NULL COMMENT 'All reasons, separated by a comma and a blank',
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL,
    batch_id NUMBER(38, 0) NOT NULL,
    id VARCHAR,
    changed_at VARCHAR,
    "A,B" VARCHAR
)
COMMENT = 'Landed rows that are no valid event, whole, with the reasons';

-- A version lives in exactly one place (decision 0002): the open ones here, the closed ones in orders_closed. The view orders shows who is present.
-- One table and not two (decision 0032): whether an event is late or changes nothing is asked of the columns before the attributes.
CREATE OR ALTER TRANSIENT TABLE orders_state (
    id NUMBER(38, 0) NOT NULL,
    last_event_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'Greatest time applied: an event at or before it is late',
    signature BINARY(16) COMMENT 'orders_signature; NULL: absent',
    valid_from TIMESTAMP_NTZ(6) COMMENT 'Since when: begin of the open version, or the delete; NULL: never present',
    source_file VARCHAR COMMENT 'File of the event that made it so',
    source_row NUMBER(38, 0) COMMENT 'Row in that file',
    is_told BOOLEAN COMMENT 'Whether an event has told what holds in all versions',
    definition NUMBER(38, 0) COMMENT 'Number of a definition all of whose attributes have been said; NULL: that is not known',
    a_b VARCHAR(10)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'One row per key ever seen: how the last event left it, absent or not. Read it through orders';

CREATE OR ALTER TRANSIENT TABLE orders_closed (
    id NUMBER(38, 0) NOT NULL,
    valid_from TIMESTAMP_NTZ(6) NOT NULL,
    valid_to TIMESTAMP_NTZ(6) NOT NULL,
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    a_b VARCHAR(10)
)
DATA_RETENTION_TIME_IN_DAYS = 1
COMMENT = 'Closed versions. Only appended to while the feed is in order; read it through orders_history';

CREATE OR ALTER TABLE orders_batch (
    batch_id NUMBER(38, 0) NOT NULL,
    started_at TIMESTAMP_NTZ(6) NOT NULL,
    finished_at TIMESTAMP_NTZ(6) NOT NULL,
    files NUMBER(38, 0) NOT NULL COMMENT 'Files with rows in it; those of a backlog count with its first part',
    rows_landed NUMBER(38, 0) NOT NULL COMMENT 'Always events_accepted + rows_rejected',
    events_accepted NUMBER(38, 0) NOT NULL,
    rows_rejected NUMBER(38, 0) NOT NULL COMMENT 'Those of a backlog count with its first part',
    keys_touched NUMBER(38, 0) NOT NULL,
    keys_late NUMBER(38, 0) NOT NULL COMMENT 'Keys with a late-arriving event, re-derived from their horizon on',
    versions_closed NUMBER(38, 0) NOT NULL COMMENT 'Rows written to orders_closed',
    versions_opened NUMBER(38, 0) NOT NULL COMMENT 'Versions that begin in this batch and are open after it',
    last_loaded_at TIMESTAMP_NTZ(6) COMMENT 'Newest landed row: how far the tables have come. NULL in a part of a backlog after which others follow'
)
COMMENT = 'One row per refresh that applied something; of a backlog, one per part';
