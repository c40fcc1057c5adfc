-- 7. is_current holds exactly for the open version.
SELECT *
FROM orders_history
WHERE is_current IS DISTINCT FROM (valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS'));
