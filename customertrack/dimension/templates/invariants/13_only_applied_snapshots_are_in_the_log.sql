[% if snapshots %]
-- 13. Nothing of a snapshot that is held, discarded or not whole yet is in the log; and an event has
-- the time of its snapshot.
SELECT [[ (key + ['updated_at', 'source_file', 'source_row'])|columns('e')|fit(4) ]], s.status
FROM [[ name ]]_event AS e
LEFT JOIN [[ name ]]_snapshot AS s ON e.source_file = s.source_file
WHERE
    COALESCE(s.status, '') NOT IN ('applied', 'superseded')
    OR e.updated_at <> s.snapshot_at;
[% endif %]
