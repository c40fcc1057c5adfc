-- 6. product equals the open versions, column for column, NULL-safe (GROUP BY takes two NULLs as equal).
WITH either AS (
    SELECT
        sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
        update_timestamp AS valid_from, source_file, source_row,
        1 AS _of_current, 0 AS _of_history
    FROM dimension.product
    UNION ALL
    SELECT
        sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
        valid_from, source_file, source_row,
        0 AS _of_current, 1 AS _of_history
    FROM product_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
)

SELECT
    IFF(SUM(_of_current) > SUM(_of_history), 'only in product', 'only in product_history') AS offence,
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    valid_from, source_file, source_row
FROM either
GROUP BY
    sku, region, name, price, on_sale, launched, stock, refreshed_at, brand,
    valid_from, source_file, source_row
HAVING SUM(_of_current) <> SUM(_of_history);
