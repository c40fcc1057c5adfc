[% if merged and not rebuilding %]
        -- Appended, and nothing else is written: the view of states shows the last row of a key, and a compaction moves it (decision 0033).
[% elif not rebuilding %]
        -- Delete and insert, not MERGE: in DuckDB an UPDATE of wide rows is many times dearer; on Snowflake either rewrites the same micro-partitions
        -- (decision 0004).
        DELETE FROM [[ name ]]_state
        WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(12) ]] FROM [[ name ]]_work_key);

[% endif %]
        -- The last entry of each timeline; where there is none, the anchor is what holds.
        INSERT INTO [[ states_written ]] (
            [[ (key + stamp + state)|columns|fit(12) ]],
            [[ attributes|columns|fit(12) ]]
        )
        SELECT
            [[ (key|columns('t') + stamped + ['k.last_event_at', 't.signature', 't.valid_from', 't.source_file', 't.source_row'])|fit(12) ]],
[% if lasting %]
            IFF(k.is_late, FALSE, COALESCE(k.is_told, FALSE)) OR COALESCE(l.is_told, FALSE),
[% endif %]
[% if told_by %]
            k.definition,
[% endif %]
            [[ attributes|lasting_or('t')|fit(12) ]]
        FROM [[ name ]]_work_timeline AS t
        INNER JOIN [[ name ]]_work_key AS k ON [[ same('t', 'k') ]] AND [[ 't.valid_from >= k.horizon' if anchored else 't.valid_from <= k.last_event_at' ]]
[% if lasting %]
        LEFT JOIN [[ name ]]_work_lasting AS l ON [[ same('t', 'l') ]]
[% endif %]
        WHERE t.valid_to IS NULL
        UNION ALL
        SELECT
            [[ (key|columns('k') + stamped + ['k.last_event_at', 'k.signature', 'k.valid_from', 'k.source_file', 'k.source_row'])|fit(12) ]],
[% if lasting %]
            IFF(k.is_late, FALSE, COALESCE(k.is_told, FALSE)) OR COALESCE(l.is_told, FALSE),
[% endif %]
[% if told_by %]
            k.definition,
[% endif %]
            [[ attributes|lasting_or('k')|fit(12) ]]
        FROM [[ name ]]_work_key AS k
        LEFT JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]]
[% if lasting %]
        LEFT JOIN [[ name ]]_work_lasting AS l ON [[ same('k', 'l') ]]
[% endif %]
        WHERE t.[[ key[0].name ]] IS NULL;
