-- 2. Versions of a key do not overlap.
SELECT sku, region, valid_from, valid_to
FROM product_history
QUALIFY valid_from < LAG(valid_to) OVER (PARTITION BY sku, region ORDER BY valid_from, valid_to);
