        -- IS DISTINCT FROM: NULL is a state too, absent, and a delete of an absent key is a no-op like any other.
        IF (keys_late = 0 AND keys_touched = events_accepted[[ ' AND truncates = 0' if truncates and not rebuilding ]]) THEN
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
[% if partial and own %]
            FROM (
                SELECT e.*, [[ signed('e', 20) ]] AS signature
                FROM (
                    -- What an event has not said goes on. A delete has said nothing, and nothing goes on.
                    SELECT
                        [[ (key|columns('e') + ['e.updated_at', 'e.is_delete', 'e.source_file', 'e.source_row', 'k.signature AS anchor'])|fit(24) ]],
[% for attribute in own %]
                        IFF(e.is_delete OR [[ attribute.is_said('e.') ]], e.[[ attribute.name ]], k.[[ attribute.name ]]) AS [[ attribute.name ]][[ comma(loop) ]]
[% endfor %]
                    FROM [[ source ]] AS e
                    INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]]
[% if of_batch %]
                    WHERE [[ of_batch ]]
[% endif %]
                ) AS e
            ) AS e
            WHERE e.signature IS DISTINCT FROM e.anchor;
[% else %]
            FROM (
                SELECT e.*, [[ signed('e', 20) ]] AS signature
                FROM [[ source ]] AS e
[% if of_batch %]
                WHERE [[ of_batch ]]
[% endif %]
            ) AS e
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]]
            WHERE e.signature IS DISTINCT FROM k.signature;
[% endif %]
        ELSE
            -- Events from the horizon on: those of the batch, of a late key the older ones too. Of several with one time the last [[ 'in sequence, and ' if sequence ]]by file and row
            -- counts. The constants let the engine leave out all older partitions of the log.
            INSERT OVERWRITE INTO [[ name ]]_work_timeline (
                [[ (key + timeline)|columns|fit(16) ]][[ ',' if own ]]
[% if own %]
                [[ own|columns|fit(16) ]]
[% endif %]
            )
[% if fills %]
[% set filled, of_key, carry, known_before, anchor, more = own, ' AND e.updated_at >= k.horizon', false, own|filled, ['anchor'], true %]
[% filter indent(4, first=true) %]
[% include "_filled.sql" %]
[% endfilter %]

            signed AS (
                SELECT counting.*, [[ signed('', 16) ]] AS signature
                FROM counting
            ),
[% else %]
            WITH signed AS (
                SELECT
                    [[ (key|columns('e') + ['e.updated_at'] + sequence|columns('e') + ['e.source_file', 'e.source_row', 'e.loaded_at'])|fit(20) ]],
                    [[ signed('e', 20) ]] AS signature,
[% if own %]
                    [[ own|columns('e')|fit(20) ]],
[% endif %]
                    k.signature AS anchor
                FROM [[ source ]] AS e
                INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]] AND e.updated_at >= k.horizon
[% if of_events %]
                WHERE [[ of_events ]]
[% endif %]
            ),

            counting AS (
                SELECT * FROM signed
                QUALIFY
                    LAG(updated_at) OVER (
                        PARTITION BY [[ key|columns|fit(24) ]] ORDER BY [[ last_first|fit(24) ]]
                    ) IS DISTINCT FROM updated_at
            ),
[% endif %]

            change AS (
                SELECT * FROM [[ 'signed' if fills else 'counting' ]]
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
