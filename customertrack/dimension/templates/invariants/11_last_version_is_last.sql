[% if history %]
-- 11. A key's last version, and no other, is the one that begins last; and no two versions have one id.
WITH last_begin AS (
    SELECT [[ key|columns|fit(8) ]], MAX(valid_from) AS valid_from
    FROM [[ name ]]_history
    GROUP BY [[ key|columns|fit(8) ]]
),

id_of_several AS (
    SELECT version_id
    FROM [[ name ]]_history
    GROUP BY version_id
    HAVING COUNT(*) > 1
)

SELECT h.*
FROM [[ name ]]_history AS h
INNER JOIN last_begin AS l ON [[ same('h', 'l') ]]
WHERE
    h.is_last IS DISTINCT FROM COALESCE(h.valid_from = l.valid_from, FALSE)
    OR h.version_id IS NULL
    OR h.version_id IN (SELECT s.version_id FROM id_of_several AS s);
[% endif %]
