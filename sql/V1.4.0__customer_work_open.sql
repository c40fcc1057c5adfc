-- One more work table of the refresh, as those of V1.3.0: what is read of customer, read once.
USE SCHEMA {{ database }}.dimension;

CREATE TRANSIENT TABLE IF NOT EXISTS customer_work_open (
    customer_id NUMBER(38, 0), -- customer: business key
    first_name VARCHAR(256), -- customer: attributes, from here
    last_name VARCHAR(256),
    email VARCHAR(320),
    street VARCHAR(512),
    city VARCHAR(256),
    state VARCHAR(256),
    country VARCHAR(256), -- customer: to here
    valid_from TIMESTAMP_NTZ(6),
    source_file VARCHAR,
    source_row NUMBER(38, 0)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The open versions of the touched keys, as they were before the batch';
