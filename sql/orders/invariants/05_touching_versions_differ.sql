-- 5. Two versions that touch differ in an attribute.
SELECT h.*
FROM orders_history AS h
INNER JOIN orders_history AS p ON h.id = p.id AND h.valid_from = p.valid_to
WHERE
    h.a_b IS NOT DISTINCT FROM p.a_b;
