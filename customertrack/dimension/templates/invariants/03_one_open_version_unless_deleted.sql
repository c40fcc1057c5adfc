-- 3. A key has at most one open version, and has one exactly if its last event is not a delete.
WITH last_event AS (
    SELECT [[ key|columns|fit(8) ]], is_delete
    FROM [[ applied ]]
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY [[ backwards|fit(8, 60) ]]) = 1
),

open_version AS (
    SELECT [[ key|columns|fit(8) ]], COUNT(*) AS versions
[% if history %]
    FROM [[ name ]]_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
[% else %]
    FROM dimension.[[ name ]]
[% endif %]
    GROUP BY [[ key|columns|fit(8) ]]
)

SELECT
[% for part in key %]
    COALESCE(e.[[ part.name ]], v.[[ part.name ]]) AS [[ part.name ]],
[% endfor %]
    e.is_delete,
    COALESCE(v.versions, 0) AS open_versions
FROM last_event AS e
FULL OUTER JOIN open_version AS v ON [[ same('e', 'v') ]]
WHERE COALESCE(v.versions, 0) IS DISTINCT FROM IFF(COALESCE(e.is_delete, TRUE), 0, 1);
