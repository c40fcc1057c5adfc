-- The read side: every version, and the two questions about time.
USE SCHEMA {{ database }}.dimension;

CREATE OR REPLACE VIEW customer_history
COPY GRANTS
COMMENT = 'SCD type 2: every version of every customer with the interval [valid_from, valid_to) in which it was true'
AS
SELECT
    customer_id, -- customer: business key
    first_name, last_name, email, street, city, state, country, -- customer: attributes
    valid_from,
    valid_to,
    FALSE AS is_current,
    source_file,
    source_row
FROM customer_closed
UNION ALL
SELECT
    customer_id, -- customer: business key
    first_name, last_name, email, street, city, state, country, -- customer: attributes
    update_timestamp AS valid_from,
    TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')::TIMESTAMP_NTZ(6) AS valid_to,
    TRUE AS is_current,
    source_file,
    source_row
FROM customer;

-- What was true at as_of_time.
CREATE OR REPLACE FUNCTION customer_as_of(as_of_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    customer_id NUMBER, -- customer: business key
    first_name VARCHAR, last_name VARCHAR, email VARCHAR, street VARCHAR, city VARCHAR, state VARCHAR, country VARCHAR, -- customer: attributes
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    customer_id, -- customer: business key
    first_name, last_name, email, street, city, state, country, -- customer: attributes
    valid_from, valid_to, is_current, source_file, source_row
FROM customer_history
WHERE valid_from <= as_of_time AND as_of_time < valid_to
$$;

-- What the warehouse believed at known_time about as_of_time: the last event per key with updated_at <= as_of_time and loaded_at <= known_time.
CREATE OR REPLACE FUNCTION customer_as_known(as_of_time TIMESTAMP_NTZ, known_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    customer_id NUMBER, -- customer: business key
    first_name VARCHAR, last_name VARCHAR, email VARCHAR, street VARCHAR, city VARCHAR, state VARCHAR, country VARCHAR, -- customer: attributes
    updated_at TIMESTAMP_NTZ(6), loaded_at TIMESTAMP_NTZ(6), source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    customer_id, -- customer: business key
    first_name, last_name, email, street, city, state, country, -- customer: attributes
    updated_at, loaded_at, source_file, source_row
FROM (
    SELECT *
    FROM customer_event
    WHERE updated_at <= as_of_time AND loaded_at <= known_time
    QUALIFY ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY updated_at DESC, source_file DESC, source_row DESC) = 1 -- customer: business key
)
WHERE NOT is_delete
$$;
