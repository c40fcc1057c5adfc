-- 5. Two versions that touch differ in an attribute.
SELECT h.*
FROM customer_history AS h
INNER JOIN customer_history AS p ON h.customer_id = p.customer_id AND h.valid_from = p.valid_to
WHERE
    h.first_name IS NOT DISTINCT FROM p.first_name
    AND h.last_name IS NOT DISTINCT FROM p.last_name
    AND h.email IS NOT DISTINCT FROM p.email
    AND h.street IS NOT DISTINCT FROM p.street
    AND h.city IS NOT DISTINCT FROM p.city
    AND h.state IS NOT DISTINCT FROM p.state
    AND h.country IS NOT DISTINCT FROM p.country;
