-- What wakes the refresh for the parts of a backlog that are left. A DML statement that reads a stream consumes all of it, so all rows of a backlog
-- go into the logs at once; they are applied part by part, and orders_refresh says how far that is.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER TRANSIENT TABLE orders_backlog (
    event_batch_id NUMBER(38, 0) NOT NULL COMMENT 'Its events in orders_event',
    parts NUMBER(38, 0) NOT NULL
)
DATA_RETENTION_TIME_IN_DAYS = 1
-- As of orders_raw: its stream waits as long.
MAX_DATA_EXTENSION_TIME_IN_DAYS = 90
COMMENT = 'The backlog that is being applied, if there is one';

-- It has data as long as parts are left, so that the task is called for those that a run which was stopped has left behind.
CREATE STREAM IF NOT EXISTS orders_backlog_left
    ON TABLE orders_backlog
    APPEND_ONLY = TRUE
    COMMENT = 'Wakes the refresh; consumed with the last part';

-- It is also woken if the tables were derived otherwise than they are to be: then it derives them again.
INSERT INTO orders_backlog (event_batch_id, parts)
SELECT r.event_batch_id, 1 AS parts FROM orders_refresh AS r WHERE r.derived_as <> '833d084853fc';
