-- 2. Versions of a key do not overlap.
SELECT customer_id, valid_from, valid_to
FROM customer_history
QUALIFY valid_from < LAG(valid_to) OVER (PARTITION BY customer_id ORDER BY valid_from, valid_to);
