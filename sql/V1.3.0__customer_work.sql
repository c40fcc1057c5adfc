-- Work tables of the refresh. They exist beforehand, because DDL inside the procedure would commit its transaction (CREATE TEMPORARY TABLE and
-- CTAS too). Transient: what they hold is worth nothing once the refresh has ended, so they need neither time travel nor fail-safe.
USE SCHEMA {{ database }}.dimension;

CREATE TRANSIENT TABLE IF NOT EXISTS customer_work_change (
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
    source_file VARCHAR,
    source_row NUMBER(38, 0),
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The stream, read once: v_customer_changing_data as the refresh saw it';

CREATE TRANSIENT TABLE IF NOT EXISTS customer_work_key (
    customer_id NUMBER(38, 0), -- customer: business key
    horizon TIMESTAMP_NTZ(6) COMMENT 'Least updated_at of the batch',
    last_event_at TIMESTAMP_NTZ(6) COMMENT 'Greatest updated_at, the batch included',
    signature_before BINARY(16) COMMENT 'State before the batch; NULL: absent',
    events NUMBER(38, 0) COMMENT 'How many the batch brings',
    is_late BOOLEAN COMMENT 'The horizon is not after the last event applied before'
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The touched keys, with what customer_key knew of them';

CREATE TRANSIENT TABLE IF NOT EXISTS customer_work_timeline (
    customer_id NUMBER(38, 0), -- customer: business key
    first_name VARCHAR(256), -- customer: attributes, from here
    last_name VARCHAR(256),
    email VARCHAR(320),
    street VARCHAR(512),
    city VARCHAR(256),
    state VARCHAR(256),
    country VARCHAR(256), -- customer: to here
    valid_from TIMESTAMP_NTZ(6),
    valid_to TIMESTAMP_NTZ(6) COMMENT 'NULL: the last entry of its key',
    signature BINARY(16) COMMENT 'NULL: absent from valid_from on',
    source_file VARCHAR,
    source_row NUMBER(38, 0)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The timeline of each touched key from its horizon on, no-ops dropped';
