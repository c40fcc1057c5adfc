-- The parts of a backlog that are still to be applied. A DML statement that reads a stream consumes all of it, so what is too much for one
-- transaction waits here.
USE SCHEMA {{ database }}.dimension;

CREATE TRANSIENT TABLE IF NOT EXISTS customer_pending (
    part NUMBER(38, 0) NOT NULL COMMENT 'Rows before it in the backlog: the least is applied first',
    customer_id NUMBER(38, 0), -- customer: business key
    customer_id_text VARCHAR, -- customer: business key as landed
    updated_at TIMESTAMP_NTZ(6),
    updated_at_text VARCHAR,
    is_delete BOOLEAN,
    op_text VARCHAR,
    first_name VARCHAR, -- customer: attributes as landed (no length: a reject is kept whole), from here
    last_name VARCHAR,
    email VARCHAR,
    street VARCHAR,
    city VARCHAR,
    state VARCHAR,
    country VARCHAR, -- customer: to here
    signature BINARY(16),
    reject_reasons VARCHAR,
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6) NOT NULL
)
DATA_RETENTION_TIME_IN_DAYS = 1
-- As of customer_raw: its stream waits as long.
MAX_DATA_EXTENSION_TIME_IN_DAYS = 90
COMMENT = 'Rows that have left the stream and are neither event nor reject yet. Never delete from it';

-- It has data as long as parts are left, so that the task is called for those that a run which was stopped has left behind.
CREATE STREAM IF NOT EXISTS customer_pending_parts
    ON TABLE customer_pending
    APPEND_ONLY = TRUE
    COMMENT = 'Wakes the refresh; consumed with the last part';
