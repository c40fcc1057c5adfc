-- 1. valid_from < valid_to.
SELECT *
FROM customer_history
WHERE valid_from >= valid_to;
