-- 1. valid_from < valid_to.
SELECT *
FROM product_history
WHERE valid_from >= valid_to;
