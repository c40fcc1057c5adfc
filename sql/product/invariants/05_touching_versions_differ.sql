-- 5. Two versions that touch differ in an attribute that begins versions.
SELECT h.*
FROM product_history AS h
INNER JOIN product_history AS p ON h.sku = p.sku AND h.region = p.region AND h.valid_from = p.valid_to
WHERE
    h.name IS NOT DISTINCT FROM p.name
    AND h.price IS NOT DISTINCT FROM p.price
    AND h.on_sale IS NOT DISTINCT FROM p.on_sale;
