-- 1. valid_from < valid_to.
SELECT *
FROM orders_history
WHERE valid_from >= valid_to;
