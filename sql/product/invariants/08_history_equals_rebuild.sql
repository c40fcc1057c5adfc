-- 8. product_history equals a rebuild from product_event, as far as it is applied: the one rule, written without any of the refresh's shortcuts.
WITH counting AS (
    SELECT e.*
    FROM v_product_event_applied AS e
    QUALIFY ROW_NUMBER() OVER (PARTITION BY sku, region, updated_at ORDER BY change_no DESC NULLS LAST, source_file DESC, source_row DESC) = 1
),

compared AS (
    SELECT
        c.*,
        LAG(is_delete, 1, TRUE) OVER (PARTITION BY sku, region ORDER BY updated_at) AS _is_delete_before,
        LAG(name) OVER (PARTITION BY sku, region ORDER BY updated_at) AS name_before,
        LAG(price) OVER (PARTITION BY sku, region ORDER BY updated_at) AS price_before,
        LAG(on_sale) OVER (PARTITION BY sku, region ORDER BY updated_at) AS on_sale_before
    FROM counting AS c
),

stretch AS (
    SELECT
        compared.*,
        SUM(IFF(
            is_delete IS DISTINCT FROM _is_delete_before
            OR name IS DISTINCT FROM name_before
            OR price IS DISTINCT FROM price_before
            OR on_sale IS DISTINCT FROM on_sale_before,
            1, 0
        )) OVER (PARTITION BY sku, region ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stretch_number
    FROM compared
),

change AS (
    SELECT
        sku, region, updated_at, is_delete, source_file, source_row,
        name,
        price,
        on_sale,
        FIRST_VALUE(launched) OVER (
            PARTITION BY sku, region, is_delete ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS launched,
        LAST_VALUE(stock) OVER (
            PARTITION BY sku, region, stretch_number ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS stock,
        LAST_VALUE(refreshed_at) OVER (
            PARTITION BY sku, region, stretch_number ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS refreshed_at,
        LAST_VALUE(brand) OVER (
            PARTITION BY sku, region, is_delete ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS brand
    FROM stretch
    QUALIFY ROW_NUMBER() OVER (PARTITION BY sku, region, stretch_number ORDER BY updated_at) = 1
),

timeline AS (
    SELECT
        change.*,
        LEAD(updated_at, 1, TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')) OVER (
            PARTITION BY sku, region ORDER BY updated_at
        ) AS valid_to
    FROM change
),

either AS (
    SELECT
        sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
        updated_at AS valid_from, valid_to, source_file, source_row,
        1 AS _of_rebuild, 0 AS _of_history
    FROM timeline
    WHERE NOT is_delete
    UNION ALL
    SELECT
        sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
        valid_from, valid_to, source_file, source_row,
        0 AS _of_rebuild, 1 AS _of_history
    FROM product_history
)

-- One GROUP BY compares both, and takes two NULLs as equal.
SELECT
    IFF(SUM(_of_history) > SUM(_of_rebuild), 'only in product_history', 'only in the rebuild') AS offence,
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    valid_from, valid_to, source_file, source_row
FROM either
GROUP BY
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    valid_from, valid_to, source_file, source_row
HAVING SUM(_of_history) <> SUM(_of_rebuild);
