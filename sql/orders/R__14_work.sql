-- Work tables of the refresh. They exist beforehand, because DDL inside the procedure would commit its transaction (CREATE TEMPORARY TABLE and
-- CTAS too). Transient: what they hold is worth nothing once the refresh has ended, so they need neither time travel nor fail-safe.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER TRANSIENT TABLE orders_work_key (
    id NUMBER(38, 0),
    horizon TIMESTAMP_NTZ(6) COMMENT 'Least updated_at of the batch',
    first_at TIMESTAMP_NTZ(6) COMMENT 'From where on the log is read, where that is not the horizon',
    last_event_at TIMESTAMP_NTZ(6) COMMENT 'Greatest updated_at, the batch included',
    events NUMBER(38, 0) COMMENT 'How many the batch brings',
    is_late BOOLEAN COMMENT 'The horizon is not after the last event applied before',
    signature BINARY(16) COMMENT 'Of the anchor, the version just before the horizon; NULL: absent then. What follows is of it too',
    valid_from TIMESTAMP_NTZ(6),
    source_file VARCHAR,
    source_row NUMBER(38, 0),
    is_told BOOLEAN,
    definition NUMBER(38, 0),
    a_b VARCHAR(10)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The touched keys, each with its horizon and its anchor';

CREATE OR ALTER TRANSIENT TABLE orders_work_timeline (
    id NUMBER(38, 0),
    valid_from TIMESTAMP_NTZ(6),
    valid_to TIMESTAMP_NTZ(6) COMMENT 'NULL: the last entry of its key',
    is_first BOOLEAN COMMENT 'The first entry of its key: where the anchor ends',
    signature BINARY(16) COMMENT 'NULL: absent from valid_from on',
    source_file VARCHAR,
    source_row NUMBER(38, 0),
    a_b VARCHAR(10)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'What changes for each touched key from its horizon on, no-ops dropped';
