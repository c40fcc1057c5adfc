[% if anchored %]
        -- Closed versions: the anchor of each key that changes, and what the timeline itself begins and ends. No timeline begins before its horizon:
        -- said in the join too, as DuckDB joins by a key alone through an array that spans all keys (decision 0004).
        INSERT INTO [[ closed_written ]] (
            [[ (key + stamp + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        )
        SELECT
            [[ (key|columns('k') + stamped + ['k.valid_from', 't.valid_from', 'k.source_file', 'k.source_row'])|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns('k')|fit(12) ]]
[% endif %]
        FROM [[ name ]]_work_key AS k
        INNER JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]] AND t.valid_from >= k.horizon
        WHERE k.signature IS NOT NULL AND t.is_first
        UNION ALL
[% else %]
        -- Closed versions: each entry of a timeline but the last, the one that was open before among them.
        INSERT INTO [[ closed_written ]] (
            [[ (key + stamp + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        )
[% endif %]
        SELECT
            [[ (key|columns + stamped + ['valid_from', 'valid_to', 'source_file', 'source_row'])|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        FROM [[ name ]]_work_timeline
        WHERE valid_to IS NOT NULL AND signature IS NOT NULL;
        versions_closed := SQLROWCOUNT;
