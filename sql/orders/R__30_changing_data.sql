-- From landed text to events: each pending row typed, classified, and with the reasons if it is a reject (semantics: "Valid events").
USE SCHEMA {{ database }}.dimension;

-- Equal states have equal signatures, and no two states have one text: each attribute that is not NULL stands there by its name, its length and its value.
-- So no value can pass for two, a NULL is not an empty text, and an attribute that is added and NULL changes no signature (decision 0007).
CREATE OR REPLACE FUNCTION orders_signature(
    a_b VARCHAR
)
COPY GRANTS
RETURNS BINARY
IMMUTABLE
AS
$$
MD5_BINARY(
    COALESCE('a_b:' || LENGTH(a_b) || ':' || a_b, '')
)
$$;

-- OR REPLACE: OR ALTER would not change the query of a view that exists. Nothing hangs on a view's identity, and the grants are kept.
CREATE OR REPLACE VIEW v_orders_changing_data
COPY GRANTS
AS
WITH landed AS (
    SELECT
        -- An empty field is NULL, quoted or not, whichever of them the load has made so already.
        NULLIF(id, '') AS id_text,
        NULLIF(changed_at, '') AS updated_at_text,
        NULLIF("A,B", '') AS a_b,
        -- Of changed_at the time of day; what follows it is the zone.
        REGEXP_REPLACE(SUBSTR(changed_at, 12), '[^0-9:.].*$', '') AS updated_at_time_text,
        source_file,
        source_row,
        file_modified_at,
        CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at
    FROM orders_table_changes
),

typed AS (
    SELECT
        landed.*,
        FALSE AS is_delete,
        IFF(
            REGEXP_LIKE(id_text, '[+-]?[0-9]{1,38}([.]0*)?'), TRY_TO_NUMBER(SPLIT_PART(id_text, '.', 1), 38, 0), NULL
        ) AS id,
        IFF(
            -- ISO 8601, checked by shape: TRY_TO_TIMESTAMP alone would take '1' for a second of 1970 and depends on a session parameter.
            REGEXP_LIKE(
                updated_at_text,
                '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?( ?(Z|z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?'
            )
            -- There is no year 0.
            AND NOT STARTSWITH(updated_at_text, '0000'),
            -- Cut to microseconds and filled up to one fixed format.
            TRY_TO_TIMESTAMP_NTZ(
                SUBSTR(updated_at_text, 1, 10) || ' ' || SUBSTR(updated_at_time_text, 1, 15)
                || SUBSTR('00:00:00.000000', 1 + LENGTH(updated_at_time_text)),
                'YYYY-MM-DD HH24:MI:SS.FF6'
            ),
            NULL
        ) AS updated_at_wall_clock,
        -- The offset as a number, -0530 for -05:30. Most times end here, or with one letter; of other letters the number is NULL.
        IFF(
            LENGTH(updated_at_text) <= 12 + LENGTH(updated_at_time_text), 0,
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
                WHEN id IS NOT NULL THEN ''
                WHEN id_text IS NULL THEN ', missing_key'
                ELSE ', invalid_key'
            END
            || CASE
                WHEN updated_at <= DATEADD('hour', {{ clock_skew_hours }}, loaded_at) THEN ''
                WHEN updated_at IS NOT NULL THEN ', future_changed_at'
                WHEN updated_at_text IS NULL THEN ', missing_changed_at'
                ELSE ', invalid_changed_at'
            END
            || IFF(
                -- A delete's attributes are ignored. U+FFFD stands where a byte of the file was no UTF-8.
                is_delete, '',
                IFF(LENGTH(a_b) > 10 OR CONTAINS(a_b, CHR(65533)), ', invalid_a_b', '')
            ),
            3 -- behind the first comma and blank
        ), '') AS reject_reasons
    FROM timed
)

SELECT
    id,
    updated_at,
    is_delete,
    -- As landed, for a reject.
    id_text, updated_at_text,
    -- An event that is a delete has none, however long what landed with it is. A reject is kept whole.
    IFF(is_delete AND reject_reasons IS NULL, NULL, a_b) AS a_b,
    reject_reasons,
    source_file,
    source_row,
    file_modified_at,
    loaded_at
FROM judged;
