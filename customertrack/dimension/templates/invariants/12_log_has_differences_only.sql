[% if snapshots %]
-- 12. The log of a feed of snapshots has differences only: of a key and a time one event that stands, and none that says what the one before it says.
-- And what it says last of each key is what the next snapshot is compared with.
WITH compared AS (
    SELECT
        [[ (key + ['updated_at', 'is_delete', 'content_hash'])|columns|fit(8) ]],
        LAG(updated_at) OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY updated_at) AS updated_at_before,
        LAG(content_hash) OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY updated_at) AS content_hash_before,
        LEAD(updated_at) OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY updated_at) IS NULL AS is_final
    FROM v_[[ name ]]_event_standing
),

final AS (
    SELECT [[ (key + ['content_hash'])|columns|fit(8) ]] FROM compared
    WHERE is_final AND NOT is_delete
)

SELECT [[ (key + ['updated_at', 'content_hash'])|columns|fit(8) ]] FROM compared
WHERE
    updated_at IS NOT DISTINCT FROM updated_at_before
    OR content_hash IS NOT DISTINCT FROM content_hash_before
    OR is_delete IS DISTINCT FROM (content_hash IS NULL)
UNION ALL
SELECT
[% for part in key %]
    COALESCE(f.[[ part.name ]], k.[[ part.name ]]),
[% endfor %]
    NULL, COALESCE(f.content_hash, k.content_hash)
FROM final AS f
FULL OUTER JOIN [[ name ]]_known AS k ON [[ same('f', 'k') ]]
WHERE f.content_hash IS DISTINCT FROM k.content_hash;
[% endif %]
