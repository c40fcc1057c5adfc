-- The read side: the current truth, every version, and the two questions about time.
USE SCHEMA {{ database }}.dimension;

CREATE OR REPLACE VIEW product
COPY GRANTS
COMMENT = 'SCD type 1: the current truth, one row per key that is not deleted'
AS
SELECT
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    valid_from AS update_timestamp,
    source_file,
    source_row
FROM product_state
WHERE signature IS NOT NULL;

-- Events of a backlog whose part is still to come (R__50): in the log, and not in the tables yet. Else there is none.
CREATE OR REPLACE VIEW v_product_event_left
COPY GRANTS
AS
SELECT
    e.sku, e.region, e.updated_at, e.change_no, e.is_delete, e.source_file, e.source_row, e.file_modified_at, e.loaded_at, e.batch_id, e.part,
    e.definition, e.unsaid, e.name, e.price, e.on_sale, e.launched, e.stock, e.refreshed_at, e.brand
FROM product_event AS e
INNER JOIN product_refresh AS r ON e.batch_id = r.event_batch_id
WHERE r.part < r.parts AND MOD(MD5_NUMBER_LOWER64(e.sku::VARCHAR || '|' || e.region::VARCHAR), r.parts) >= r.part;

-- The events that the tables are made of.
CREATE OR REPLACE VIEW v_product_event_applied
COPY GRANTS
AS
SELECT
    e.sku, e.region, e.updated_at, e.change_no, e.is_delete, e.source_file, e.source_row, e.file_modified_at, e.loaded_at, e.batch_id, e.part,
    e.definition, e.unsaid, e.name, e.price, e.on_sale, e.launched, e.stock, e.refreshed_at, e.brand
FROM product_event AS e
CROSS JOIN product_refresh AS r
WHERE
    r.part = r.parts
    OR e.batch_id <> r.event_batch_id
    OR MOD(MD5_NUMBER_LOWER64(e.sku::VARCHAR || '|' || e.region::VARCHAR), r.parts) < r.part;

-- Every version, and no more about it than its own table says: who asks for less than product_history has reads this, without its join.
CREATE OR REPLACE VIEW v_product_version
COPY GRANTS
AS
SELECT
    c.sku, c.region, c.name, c.price, c.on_sale, s.launched, c.stock, c.refreshed_at, s.brand,
    c.valid_from,
    c.valid_to,
    FALSE AS is_current,
    c.source_file,
    c.source_row
FROM product_closed AS c
INNER JOIN product_state AS s ON c.sku = s.sku AND c.region = s.region
UNION ALL
SELECT
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    update_timestamp AS valid_from,
    TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')::TIMESTAMP_NTZ(6) AS valid_to,
    TRUE AS is_current,
    source_file,
    source_row
FROM product;

-- What a version is called wherever something refers to it: one text of its key and its begin, whatever the session's parameters.
CREATE OR REPLACE FUNCTION product_version_id(sku VARCHAR, region VARCHAR, valid_from TIMESTAMP_NTZ(6))
COPY GRANTS
RETURNS VARCHAR
IMMUTABLE
AS
$$
MD5_HEX(
    LENGTH(sku)::VARCHAR || ':' || sku || ':'
    || LENGTH(region)::VARCHAR || ':' || region || ':'
    || TO_VARCHAR(valid_from, 'YYYY-MM-DD HH24:MI:SS.FF6')
)
$$;

-- A closed version is its key's last if the key is absent since its end.
CREATE OR REPLACE VIEW product_history
COPY GRANTS
COMMENT = 'SCD type 2: every version of every key with the interval [valid_from, valid_to) in which it was true'
AS
SELECT
    v.sku, v.region, v.name, v.price, v.on_sale, v.launched, v.stock, v.refreshed_at, v.brand,
    v.valid_from,
    v.valid_to,
    v.is_current,
    v.source_file,
    v.source_row,
    product_version_id(v.sku, v.region, v.valid_from) AS version_id,
    v.is_current OR s.valid_from IS NOT NULL AS is_last
FROM v_product_version AS v
LEFT JOIN product_state AS s
    ON
        v.sku = s.sku AND v.region = s.region
        AND v.valid_to = s.valid_from AND s.signature IS NULL;

-- What was true at as_of_time.
CREATE OR REPLACE FUNCTION product_as_of(as_of_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    sku VARCHAR, region VARCHAR, name VARCHAR, price NUMBER(12, 2), on_sale BOOLEAN, launched DATE, stock NUMBER(38, 0),
    refreshed_at TIMESTAMP_NTZ(6), brand VARCHAR,
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    valid_from, valid_to, is_current, source_file, source_row
FROM v_product_version
WHERE valid_from <= as_of_time AND as_of_time < valid_to
$$;

-- The version that is in effect today where the one of this id began. What the id means is not in today's versions alone: a late event may have
-- moved that begin. But every version that there ever was began with an event, and events stay.
CREATE OR REPLACE FUNCTION product_version_of(known_version_id VARCHAR)
COPY GRANTS
RETURNS TABLE (
    sku VARCHAR, region VARCHAR, name VARCHAR, price NUMBER(12, 2), on_sale BOOLEAN, launched DATE, stock NUMBER(38, 0),
    refreshed_at TIMESTAMP_NTZ(6), brand VARCHAR,
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER,
    version_id VARCHAR, is_last BOOLEAN
)
AS
$$
SELECT
    h.sku, h.region, h.name, h.price, h.on_sale, h.launched, h.stock, h.refreshed_at, h.brand,
    h.valid_from, h.valid_to, h.is_current, h.source_file, h.source_row,
    h.version_id, h.is_last
FROM product_history AS h
INNER JOIN (
    SELECT DISTINCT sku, region, updated_at
    FROM product_event
    WHERE NOT is_delete AND product_version_id(sku, region, updated_at) = known_version_id
) AS e
    ON e.sku = h.sku AND e.region = h.region
    AND h.valid_from <= e.updated_at AND e.updated_at < h.valid_to
$$;

-- What the warehouse believed at known_time about as_of_time: the last event per key with a time up to as_of_time and loaded_at <= known_time.
CREATE OR REPLACE FUNCTION product_as_known(as_of_time TIMESTAMP_NTZ, known_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    sku VARCHAR, region VARCHAR, name VARCHAR, price NUMBER(12, 2), on_sale BOOLEAN, launched DATE, stock NUMBER(38, 0),
    refreshed_at TIMESTAMP_NTZ(6), brand VARCHAR,
    updated_at TIMESTAMP_NTZ(6), loaded_at TIMESTAMP_NTZ(6), source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    updated_at, loaded_at, source_file, source_row
FROM (
    SELECT *
    FROM v_product_event_applied
    WHERE updated_at <= as_of_time AND loaded_at <= known_time
    QUALIFY ROW_NUMBER() OVER (PARTITION BY sku, region ORDER BY updated_at DESC, change_no DESC NULLS LAST, source_file DESC, source_row DESC) = 1
)
WHERE NOT is_delete
$$;
