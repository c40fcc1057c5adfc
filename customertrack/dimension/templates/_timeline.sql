        -- IS DISTINCT FROM: NULL is a state too, absent, and a delete of an absent key is a no-op like any other.
        IF (keys_late = 0 AND keys_touched = events_accepted) THEN
            -- One event of each key, and nothing to be compared with but the anchor: no window function.
            INSERT OVERWRITE INTO [[ name ]]_work_timeline (
                [[ (key + timeline)|columns|fit(16) ]][[ ',' if own ]]
[% if own %]
                [[ own|columns|fit(16) ]]
[% endif %]
            )
            SELECT
                [[ (key|columns('e') + ['e.updated_at', 'NULL', 'TRUE', 'e.signature', 'e.source_file', 'e.source_row'])|fit(16) ]][[ ',' if own ]]
[% if own %]
                [[ own|columns('e')|fit(16) ]]
[% endif %]
            FROM [[ name ]]_event AS e
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]]
            WHERE e.batch_id = :event_batch_id AND e.signature IS DISTINCT FROM k.signature;
        ELSE
            -- Events from the horizon on: those of the batch, of a late key the older ones too. Of several with one time the last [[ 'in sequence, and ' if sequence ]]by file and row
            -- counts. The constants let the engine leave out all older partitions of the log.
            INSERT OVERWRITE INTO [[ name ]]_work_timeline (
                [[ (key + timeline)|columns|fit(16) ]][[ ',' if own ]]
[% if own %]
                [[ own|columns|fit(16) ]]
[% endif %]
            )
            WITH counting AS (
                SELECT
                    [[ (key|columns('e') + ['e.updated_at', 'e.signature', 'e.source_file', 'e.source_row'])|fit(20) ]],
[% if own %]
                    [[ own|columns('e')|fit(20) ]],
[% endif %]
                    k.signature AS anchor
                FROM [[ name ]]_event AS e
                INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]] AND e.updated_at >= k.horizon
                WHERE e.batch_id >= :first_batch_id AND e.updated_at >= :least_horizon
                QUALIFY
                    LEAD(e.updated_at) OVER (
                        PARTITION BY [[ key|columns('e')|fit(24) ]] ORDER BY [[ order('e')|fit(24) ]]
                    ) IS DISTINCT FROM e.updated_at
            ),

            change AS (
                SELECT * FROM counting
                QUALIFY signature IS DISTINCT FROM LAG(signature, 1, anchor) OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at)
            )

            SELECT
                [[ key|columns|fit(16) ]], updated_at,
                LEAD(updated_at) OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at),
                LAG(updated_at) OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at) IS NULL,
                signature, source_file, source_row[[ ',' if own ]]
[% if own %]
                [[ own|columns|fit(16) ]]
[% endif %]
            FROM change;
        END IF;
