[% if snapshots %]
-- 14. The log gives back the snapshots that count, as far as their rows are still there: the three that were loaded last are looked at, and the first.
WITH looked_at AS (
    SELECT source_file, snapshot_at FROM [[ name ]]_snapshot
    WHERE status = 'applied' AND source_file IN (SELECT r.source_file FROM [[ name ]]_raw AS r)
    QUALIFY ROW_NUMBER() OVER (ORDER BY loaded_at DESC, source_file DESC) <= 3 OR ROW_NUMBER() OVER (ORDER BY loaded_at, source_file) = 1
),

-- Of several rows of a key the last counts, and of one that has only rejects nothing is known but that it is there.
landed AS (
    SELECT
        [[ key|columns('c')|fit(8) ]], f.source_file,
        c.reject_reasons IS NOT NULL AS is_reject,
        IFF(c.reject_reasons IS NULL, [[ content('c', 8) ]], NULL) AS content_hash
    FROM v_[[ name ]]_changing_data AS c
    INNER JOIN looked_at AS f ON c.source_file = f.source_file
    QUALIFY
        ROW_NUMBER() OVER (
            PARTITION BY [[ key|columns('c')|fit(16) ]], f.source_file ORDER BY IFF(c.reject_reasons IS NULL, 0, 1), c.source_row DESC
        ) = 1
),

told AS (
    SELECT [[ (key + ['content_hash'])|columns('e')|fit(8) ]], f.source_file
    FROM v_[[ name ]]_event_standing AS e
    INNER JOIN looked_at AS f ON e.updated_at <= f.snapshot_at
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns('e')|fit(12) ]], f.source_file ORDER BY e.updated_at DESC) = 1
)

SELECT
    COALESCE(l.source_file, t.source_file) AS source_file,
[% for part in key %]
    COALESCE(l.[[ part.name ]], t.[[ part.name ]]) AS [[ part.name ]][[ comma(loop) ]]
[% endfor %]
FROM landed AS l
FULL OUTER JOIN told AS t ON [[ same('l', 't') ]] AND l.source_file = t.source_file
WHERE NOT COALESCE(l.is_reject, FALSE) AND l.content_hash IS DISTINCT FROM t.content_hash;
[% endif %]
