-- From landed text to events: each pending row typed, classified, and with the reasons if it is a reject (semantics: "Valid events").
USE SCHEMA {{ database }}.dimension;

-- Equal states have equal signatures, and no two states have one text: each attribute that is not NULL stands there by its name, its length and its value.
-- So no value can pass for two, a NULL is not an empty text, and an attribute that is added and NULL changes no signature (decision 0007).
CREATE OR REPLACE FUNCTION product_signature(
    name VARCHAR, price NUMBER(12, 2), on_sale BOOLEAN
)
COPY GRANTS
RETURNS BINARY
IMMUTABLE
AS
$$
MD5_BINARY(
    COALESCE('name:' || LENGTH(name) || ':' || name, '')
    || COALESCE('price:' || price, '')
    || CASE WHEN on_sale THEN 'on_sale:true' WHEN NOT on_sale THEN 'on_sale:false' ELSE '' END
)
$$;

-- OR REPLACE: OR ALTER would not change the query of a view that exists. Nothing hangs on a view's identity, and the grants are kept.
CREATE OR REPLACE VIEW v_product_changing_data
COPY GRANTS
AS
WITH landed AS (
    SELECT
        -- An empty field is NULL, quoted or not, whichever of them the load has made so already.
        NULLIF(sku, '') AS sku_text,
        NULLIF(region, '') AS region_text,
        NULLIF(op, '') AS op_text,
        NULLIF(changed_at, '') AS updated_at_text,
        NULLIF(change_no, '') AS change_no_text,
        NULLIF(name, '') AS name,
        NULLIF(price, '') AS price_text,
        NULLIF(on_sale, '') AS on_sale_text,
        NULLIF(launched, '') AS launched_text,
        NULLIF(stock, '') AS stock_text,
        NULLIF(refreshed_at, '') AS refreshed_at_text,
        NULLIF(brand, '') AS brand,
        -- Of updated_at the time of day; what follows it is the zone. NULL: plain, as 2024-12-31 23:59:59.
        IFF(
            REGEXP_LIKE(
                changed_at,
                '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
            ),
            NULL,
            REGEXP_REPLACE(SUBSTR(changed_at, 12), '[^0-9:.].*$', '')
        ) AS updated_at_time_text,
        -- Of refreshed_at the time of day; what follows it is the zone. NULL: plain, as 2024-12-31 23:59:59.
        IFF(
            REGEXP_LIKE(
                refreshed_at,
                '[1-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}'
            ),
            NULL,
            REGEXP_REPLACE(SUBSTR(refreshed_at, 12), '[^0-9:.].*$', '')
        ) AS refreshed_at_time_text,
        source_file,
        source_row,
        file_modified_at,
        CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at
    FROM product_table_changes
),

typed AS (
    SELECT
        landed.*,
        UPPER(op_text) IS NOT DISTINCT FROM 'D' AS is_delete,
        IFF(LENGTH(sku_text) <= 40 AND NOT CONTAINS(sku_text, CHR(65533)), sku_text, NULL) AS sku,
        IFF(LENGTH(region_text) <= 2 AND NOT CONTAINS(region_text, CHR(65533)), region_text, NULL) AS region,
        IFF(
            REGEXP_LIKE(change_no_text, '[+-]?[0-9]{1,38}([.]0*)?'), TRY_TO_NUMBER(SPLIT_PART(change_no_text, '.', 1), 38, 0), NULL
        ) AS change_no,
        IFF(
            REGEXP_LIKE(price_text, '[+-]?(0*[0-9]{1,10}([.][0-9]{0,2}0*)?|0*[.][0-9]{1,2}0*)')
            AND REGEXP_LIKE(price_text, '[+-]?[0-9]{0,38}([.][0-9]{0,38})?'),
            TRY_TO_NUMBER(price_text, 12, 2), NULL
        ) AS price,
        CASE
            WHEN LOWER(on_sale_text) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE
            WHEN LOWER(on_sale_text) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE
        END AS on_sale,
        IFF(
            REGEXP_LIKE(launched_text, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND NOT STARTSWITH(launched_text, '0000'), TRY_TO_DATE(launched_text, 'YYYY-MM-DD'), NULL
        ) AS launched,
        IFF(
            REGEXP_LIKE(stock_text, '[+-]?[0-9]{1,38}([.]0*)?'), TRY_TO_NUMBER(SPLIT_PART(stock_text, '.', 1), 38, 0), NULL
        ) AS stock,
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
        ) AS updated_at_offset_number,
        CASE
            WHEN refreshed_at_time_text IS NULL THEN TRY_TO_TIMESTAMP_NTZ(refreshed_at_text, 'YYYY-MM-DD HH24:MI:SS')
            WHEN
                REGEXP_LIKE(
                    refreshed_at_text,
                    '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0{0,3})?)?( ?(Z|z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?'
                )
                AND NOT STARTSWITH(refreshed_at_text, '0000')
                THEN TRY_TO_TIMESTAMP_NTZ(
                    SUBSTR(refreshed_at_text, 1, 10) || ' ' || SUBSTR(refreshed_at_time_text, 1, 15)
                    || SUBSTR('00:00:00.000000', 1 + LENGTH(refreshed_at_time_text)),
                    'YYYY-MM-DD HH24:MI:SS.FF6'
                )
        END AS refreshed_at_wall_clock,
        IFF(
            refreshed_at_time_text IS NULL OR LENGTH(refreshed_at_text) <= 12 + LENGTH(refreshed_at_time_text), 0,
            COALESCE(TRY_TO_NUMBER(RPAD(REPLACE(LTRIM(SUBSTR(refreshed_at_text, 12 + LENGTH(refreshed_at_time_text))), ':', ''), 5, '0'), 4, 0), 0)
        ) AS refreshed_at_offset_number
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
        ) AS updated_at,
        IFF(
            refreshed_at_offset_number <> 0
            AND refreshed_at_wall_clock BETWEEN TO_TIMESTAMP_NTZ('0001-01-02', 'YYYY-MM-DD') AND TO_TIMESTAMP_NTZ('9999-12-30', 'YYYY-MM-DD'),
            DATEADD('minute', 40 * TRUNC(refreshed_at_offset_number / 100) - refreshed_at_offset_number, refreshed_at_wall_clock),
            refreshed_at_wall_clock
        ) AS refreshed_at
    FROM typed
),

judged AS (
    SELECT
        timed.*,
        NULLIF(SUBSTR(
            CASE
                WHEN sku IS NOT NULL THEN ''
                WHEN sku_text IS NULL THEN ', missing_sku'
                ELSE ', invalid_sku'
            END
            || CASE
                -- NULL is stored as the stand-in, which itself must not land.
                WHEN region_text IS NULL OR region <> '*' THEN ''
                ELSE ', invalid_region'
            END
            || CASE
                WHEN updated_at <= DATEADD('hour', {{ clock_skew_hours }}, loaded_at) THEN ''
                WHEN updated_at IS NOT NULL THEN ', future_changed_at'
                WHEN updated_at_text IS NULL THEN ', missing_changed_at'
                ELSE ', invalid_changed_at'
            END
            || IFF(change_no IS NULL AND change_no_text IS NOT NULL, ', invalid_change_no', '')
            || IFF(UPPER(op_text) NOT IN ('I', 'U', 'D') OR LOWER(op_text) NOT IN ('i', 'u', 'd'), ', invalid_op', '')
            || IFF(
                -- A delete's attributes are ignored. U+FFFD stands where a byte of the file was no UTF-8.
                is_delete, '',
                IFF(LENGTH(name) > 200 OR CONTAINS(name, CHR(65533)), ', invalid_name', '')
                || IFF(price IS NULL AND price_text IS NOT NULL, ', invalid_price', '')
                || IFF(on_sale IS NULL AND on_sale_text IS NOT NULL, ', invalid_on_sale', '')
                || IFF(launched IS NULL AND launched_text IS NOT NULL, ', invalid_launched', '')
                || IFF(stock IS NULL AND stock_text IS NOT NULL, ', invalid_stock', '')
                || IFF(refreshed_at IS NULL AND refreshed_at_text IS NOT NULL, ', invalid_refreshed_at', '')
                || IFF(LENGTH(brand) > 80 OR CONTAINS(brand, CHR(65533)), ', invalid_brand', '')
            ),
            3 -- behind the first comma and blank
        ), '') AS reject_reasons
    FROM timed
)

SELECT
    sku,
    COALESCE(region, '*') AS region,
    updated_at,
    change_no,
    is_delete,
    -- As landed, for a reject.
    sku_text, region_text, updated_at_text, op_text, change_no_text, name AS _landed_name, price_text, on_sale_text, launched_text, stock_text,
    refreshed_at_text, brand AS _landed_brand,
    -- An event that is a delete has none, however long what landed with it is. Nor has what becomes no event: INSERT FIRST may look at the length of a value
    -- that it does not insert, and one text that is too long would then fail every refresh.
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, name) AS name,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, price) AS price,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, on_sale) AS on_sale,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, launched) AS launched,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, stock) AS stock,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, refreshed_at) AS refreshed_at,
    IFF(is_delete OR reject_reasons IS NOT NULL, NULL, brand) AS brand,
    reject_reasons,
    source_file,
    source_row,
    file_modified_at,
    loaded_at
FROM judged;
