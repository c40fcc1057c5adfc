-- From landed text to events: each pending row typed, classified, and with the reasons if it is a reject (semantics: "Valid events").
USE SCHEMA {{ database }}.dimension;

-- Equal states have equal signatures, and no two states have one text: each attribute that is not NULL stands there by its name, its length and its value.
-- So no value can pass for two, a NULL is not an empty text, and an attribute that is added and NULL changes no signature (decision 0007).
CREATE OR REPLACE FUNCTION customer_signature(
    first_name VARCHAR, last_name VARCHAR, email VARCHAR, street VARCHAR, city VARCHAR, state VARCHAR, country VARCHAR
)
COPY GRANTS
RETURNS BINARY
IMMUTABLE
AS
$$
MD5_BINARY(
    COALESCE('first_name:' || LENGTH(first_name) || ':' || first_name, '')
    || COALESCE('last_name:' || LENGTH(last_name) || ':' || last_name, '')
    || COALESCE('email:' || LENGTH(email) || ':' || email, '')
    || COALESCE('street:' || LENGTH(street) || ':' || street, '')
    || COALESCE('city:' || LENGTH(city) || ':' || city, '')
    || COALESCE('state:' || LENGTH(state) || ':' || state, '')
    || COALESCE('country:' || LENGTH(country) || ':' || country, '')
)
$$;

-- OR REPLACE: OR ALTER would not change the query of a view that exists. Nothing hangs on a view's identity, and the grants are kept.
CREATE OR REPLACE VIEW v_customer_changing_data
COPY GRANTS
AS
WITH landed AS (
    SELECT
        -- An empty field is NULL, quoted or not, whichever of them the load has made so already.
        NULLIF(customer_id, '') AS customer_id_text,
        NULLIF(op, '') AS op_text,
        NULLIF(updated_at, '') AS updated_at_text,
        NULLIF(first_name, '') AS first_name,
        NULLIF(last_name, '') AS last_name,
        NULLIF(email, '') AS email,
        NULLIF(street, '') AS street,
        NULLIF(city, '') AS city,
        NULLIF(state, '') AS state,
        NULLIF(country, '') AS country,
        -- Of updated_at the time of day; what follows it is the zone. NULL: plain, as 2024-12-31 23:59:59.
        IFF(
            REGEXP_LIKE(
                updated_at,
                '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
            ),
            NULL,
            REGEXP_REPLACE(SUBSTR(updated_at, 12), '[^0-9:.].*$', '')
        ) AS updated_at_time_text,
        source_file,
        source_row,
        file_modified_at,
        CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at
    FROM customer_table_changes
),

typed AS (
    SELECT
        landed.*,
        UPPER(op_text) IS NOT DISTINCT FROM 'D' AS is_delete,
        IFF(
            REGEXP_LIKE(customer_id_text, '[+-]?[0-9]{1,38}([.]0*)?'), TRY_TO_NUMBER(SPLIT_PART(customer_id_text, '.', 1), 38, 0), NULL
        ) AS customer_id,
        CASE
            WHEN updated_at_time_text IS NULL THEN TRY_TO_TIMESTAMP_NTZ(updated_at_text, 'YYYY-MM-DD HH24:MI:SS')
            WHEN
                -- ISO 8601, checked by shape: TRY_TO_TIMESTAMP alone would take '1' for a second of 1970 and depends on a session parameter.
                REGEXP_LIKE(
                    updated_at_text,
                    '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?( ?(Z|z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?'
                )
                -- There is no year 0.
                AND NOT STARTSWITH(updated_at_text, '0000')
                -- Cut to microseconds and filled up to one fixed format.
                THEN TRY_TO_TIMESTAMP_NTZ(
                    SUBSTR(updated_at_text, 1, 10) || ' ' || SUBSTR(updated_at_time_text, 1, 15)
                    || SUBSTR('00:00:00.000000', 1 + LENGTH(updated_at_time_text)),
                    'YYYY-MM-DD HH24:MI:SS.FF6'
                )
        END AS updated_at_wall_clock,
        -- The offset as a number, -0530 for -05:30. Most times end here, or with one letter; of other letters the number is NULL.
        IFF(
            updated_at_time_text IS NULL OR LENGTH(updated_at_text) <= 12 + LENGTH(updated_at_time_text), 0,
            COALESCE(TRY_TO_NUMBER(RPAD(REPLACE(LTRIM(SUBSTR(updated_at_text, 12 + LENGTH(updated_at_time_text))), ':', ''), 5, '0'), 4, 0), 0)
        ) AS updated_at_offset_number
    FROM landed
),

timed AS (
    SELECT
        typed.*,
        -- At the ends of the calendar there is no room for an offset; such a time is rejected as in the future, or is a sentinel that means no instant.
        IFF(
            updated_at_offset_number <> 0
            AND updated_at_wall_clock BETWEEN TO_TIMESTAMP_NTZ('0001-01-02', 'YYYY-MM-DD') AND TO_TIMESTAMP_NTZ('9999-12-30', 'YYYY-MM-DD'),
            DATEADD('minute', 40 * TRUNC(updated_at_offset_number / 100) - updated_at_offset_number, updated_at_wall_clock),
            updated_at_wall_clock
        ) AS updated_at
    FROM typed
),

judged AS (
    SELECT
        timed.*,
        NULLIF(SUBSTR(
            CASE
                WHEN customer_id IS NOT NULL THEN ''
                WHEN customer_id_text IS NULL THEN ', missing_key'
                ELSE ', invalid_key'
            END
            || CASE
                WHEN updated_at <= DATEADD('hour', {{ clock_skew_hours }}, loaded_at) THEN ''
                WHEN updated_at IS NOT NULL THEN ', future_updated_at'
                WHEN updated_at_text IS NULL THEN ', missing_updated_at'
                ELSE ', invalid_updated_at'
            END
            || IFF(UPPER(op_text) NOT IN ('I', 'U', 'C', 'R', 'D') OR LOWER(op_text) NOT IN ('i', 'u', 'c', 'r', 'd'), ', invalid_op', '')
            || IFF(
                -- A delete's attributes are ignored. U+FFFD stands where a byte of the file was no UTF-8.
                is_delete, '',
                IFF(LENGTH(first_name) > 256 OR CONTAINS(first_name, CHR(65533)), ', invalid_first_name', '')
                || IFF(LENGTH(last_name) > 256 OR CONTAINS(last_name, CHR(65533)), ', invalid_last_name', '')
                || IFF(LENGTH(email) > 320 OR CONTAINS(email, CHR(65533)), ', invalid_email', '')
                || IFF(LENGTH(street) > 512 OR CONTAINS(street, CHR(65533)), ', invalid_street', '')
                || IFF(LENGTH(city) > 256 OR CONTAINS(city, CHR(65533)), ', invalid_city', '')
                || IFF(LENGTH(state) > 256 OR CONTAINS(state, CHR(65533)), ', invalid_state', '')
                || IFF(LENGTH(country) > 256 OR CONTAINS(country, CHR(65533)), ', invalid_country', '')
            ),
            3 -- behind the first comma and blank
        ), '') AS reject_reasons
    FROM timed
)

SELECT
    customer_id,
    updated_at,
    is_delete,
    -- As landed, for a reject.
    customer_id_text, updated_at_text, op_text, first_name AS _landed_first_name, last_name AS _landed_last_name, email AS _landed_email,
    street AS _landed_street, city AS _landed_city, state AS _landed_state, country AS _landed_country,
    -- An event that is a delete has none, however long what landed with it is. Nor has what becomes no event: INSERT FIRST may look at the length of a value
    -- that it does not insert, and one text that is too long would then fail every refresh.
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, first_name) AS first_name,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, last_name) AS last_name,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, email) AS email,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, street) AS street,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, city) AS city,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, state) AS state,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, country) AS country,
    reject_reasons,
    source_file,
    source_row,
    file_modified_at,
    loaded_at
FROM judged;
