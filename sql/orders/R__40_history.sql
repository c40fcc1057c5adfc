-- The read side: the current truth, every version, and the two questions about time.
USE SCHEMA {{ database }}.dimension;

CREATE OR REPLACE VIEW orders
COPY GRANTS
COMMENT = 'SCD type 1: the current truth, one row per key that is not deleted'
AS
SELECT
    id, a_b,
    valid_from AS update_timestamp,
    source_file,
    source_row
FROM orders_state
WHERE signature IS NOT NULL;

-- Events of a backlog whose part is still to come (R__50): in the log, and not in the tables yet. Else there is none.
CREATE OR REPLACE VIEW v_orders_event_left
COPY GRANTS
AS
SELECT
    e.id, e.updated_at, e.is_delete, e.source_file, e.source_row, e.file_modified_at, e.loaded_at, e.batch_id, e.part, e.definition, e.unsaid, e.a_b
FROM orders_event AS e
INNER JOIN orders_refresh AS r ON e.batch_id = r.event_batch_id
WHERE r.part < r.parts AND MOD(MD5_NUMBER_LOWER64(e.id::VARCHAR), r.parts) >= r.part;

-- The events that the tables are made of.
CREATE OR REPLACE VIEW v_orders_event_applied
COPY GRANTS
AS
SELECT
    e.id, e.updated_at, e.is_delete, e.source_file, e.source_row, e.file_modified_at, e.loaded_at, e.batch_id, e.part, e.definition, e.unsaid, e.a_b
FROM orders_event AS e
CROSS JOIN orders_refresh AS r
WHERE
    r.part = r.parts
    OR e.batch_id <> r.event_batch_id
    OR MOD(MD5_NUMBER_LOWER64(e.id::VARCHAR), r.parts) < r.part;

-- Every version, and no more about it than its own table says: who asks for less than orders_history has reads this, without its join.
CREATE OR REPLACE VIEW v_orders_version
COPY GRANTS
AS
SELECT
    c.id, c.a_b,
    c.valid_from,
    c.valid_to,
    FALSE AS is_current,
    c.source_file,
    c.source_row
FROM orders_closed AS c
UNION ALL
SELECT
    id, a_b,
    update_timestamp AS valid_from,
    TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')::TIMESTAMP_NTZ(6) AS valid_to,
    TRUE AS is_current,
    source_file,
    source_row
FROM orders;

-- What a version is called wherever something refers to it: one text of its key and its begin, whatever the session's parameters.
CREATE OR REPLACE FUNCTION orders_version_id(id NUMBER(38, 0), valid_from TIMESTAMP_NTZ(6))
COPY GRANTS
RETURNS VARCHAR
IMMUTABLE
AS
$$
MD5_HEX(
    id::VARCHAR || ':'
    || TO_VARCHAR(valid_from, 'YYYY-MM-DD HH24:MI:SS.FF6')
)
$$;

-- A closed version is its key's last if the key is absent since its end.
CREATE OR REPLACE VIEW orders_history
COPY GRANTS
COMMENT = 'SCD type 2: every version of every key with the interval [valid_from, valid_to) in which it was true'
AS
SELECT
    v.id, v.a_b,
    v.valid_from,
    v.valid_to,
    v.is_current,
    v.source_file,
    v.source_row,
    orders_version_id(v.id, v.valid_from) AS version_id,
    v.is_current OR s.valid_from IS NOT NULL AS is_last
FROM v_orders_version AS v
LEFT JOIN orders_state AS s
    ON
        v.id = s.id
        AND v.valid_to = s.valid_from AND s.signature IS NULL;

-- What was true at as_of_time.
CREATE OR REPLACE FUNCTION orders_as_of(as_of_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    id NUMBER(38, 0), a_b VARCHAR,
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    id, a_b,
    valid_from, valid_to, is_current, source_file, source_row
FROM v_orders_version
WHERE valid_from <= as_of_time AND as_of_time < valid_to
$$;

-- The version that is in effect today where the one of this id began. What the id means is not in today's versions alone: a late event may have
-- moved that begin. But every version that there ever was began with an event, and events stay.
CREATE OR REPLACE FUNCTION orders_version_of(known_version_id VARCHAR)
COPY GRANTS
RETURNS TABLE (
    id NUMBER(38, 0), a_b VARCHAR,
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER,
    version_id VARCHAR, is_last BOOLEAN
)
AS
$$
SELECT
    h.id, h.a_b,
    h.valid_from, h.valid_to, h.is_current, h.source_file, h.source_row,
    h.version_id, h.is_last
FROM orders_history AS h
INNER JOIN (
    SELECT DISTINCT id, updated_at
    FROM orders_event
    WHERE NOT is_delete AND orders_version_id(id, updated_at) = known_version_id
) AS e
    ON e.id = h.id
    AND h.valid_from <= e.updated_at AND e.updated_at < h.valid_to
$$;

-- What the warehouse believed at known_time about as_of_time: the last event per key with a time up to as_of_time and loaded_at <= known_time.
CREATE OR REPLACE FUNCTION orders_as_known(as_of_time TIMESTAMP_NTZ, known_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    id NUMBER(38, 0), a_b VARCHAR,
    updated_at TIMESTAMP_NTZ(6), loaded_at TIMESTAMP_NTZ(6), source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    id, a_b,
    updated_at, loaded_at, source_file, source_row
FROM (
    SELECT *
    FROM v_orders_event_applied
    WHERE updated_at <= as_of_time AND loaded_at <= known_time
    QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC, source_file DESC, source_row DESC) = 1
)
WHERE NOT is_delete
$$;
