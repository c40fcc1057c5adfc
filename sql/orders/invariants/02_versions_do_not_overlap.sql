-- 2. Versions of a key do not overlap.
SELECT *
FROM orders_history
QUALIFY valid_from < LAG(valid_to) OVER (PARTITION BY id ORDER BY valid_from, valid_to);
