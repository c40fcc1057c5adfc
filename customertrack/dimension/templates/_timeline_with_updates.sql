        -- The version that was open before goes first, and then the events: those of the batch, of a late key the older ones too. Of several with one
        -- time the last [[ 'in sequence, and ' if sequence ]]by file and row counts. IS DISTINCT FROM: NULL is a state too, absent, and a delete of an absent key changes nothing.
        INSERT OVERWRITE INTO [[ name ]]_work_timeline (
            [[ (key + timeline)|columns|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        )
[% if fills %]
[% set filled, of_key, carry, known_before, anchor, more = own, ' AND e.updated_at >= k.first_at', carried, own|filled if partial or not from_begin else [], [], true %]
[% include "_filled.sql" %]

        signed AS (
            SELECT
                [[ (key + ['updated_at'])|columns|fit(16) ]], [[ signed('', 16) ]] AS signature, source_file, source_row,
                [[ own|columns|fit(16) ]]
            FROM counting
        ),
[% else %]
        WITH signed AS (
            SELECT
                [[ key|columns('e')|fit(16) ]], e.updated_at,
                [[ signed('e', 16) ]] AS signature,
                e.source_file, e.source_row[[ ',' if own ]]
[% if own %]
                [[ own|columns('e')|fit(16) ]]
[% endif %]
            FROM [[ source ]] AS e
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]] AND e.updated_at >= k.first_at
[% if of_events %]
            WHERE [[ of_events ]]
[% endif %]
            QUALIFY
                LEAD(e.updated_at) OVER (
                    PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY [[ order('e')|fit(20) ]]
                ) IS DISTINCT FROM e.updated_at
        ),
[% endif %]

        compared AS (
            SELECT
                all_of_them.*,
                IFF(signature IS DISTINCT FROM LAG(signature) OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at), 1, 0) AS is_change
            FROM (
                SELECT * FROM signed
                UNION ALL
                SELECT
                    [[ (key|columns + ['valid_from', 'signature', 'source_file', 'source_row'])|fit(20) ]][[ ',' if own ]]
[% if own %]
                    [[ own|columns|fit(20) ]]
[% endif %]
                FROM [[ name ]]_work_key
                WHERE signature IS NOT NULL
            ) AS all_of_them
        ),

        stretch AS (
            SELECT
                compared.*,
                SUM(is_change) OVER (PARTITION BY [[ key|columns|fit(16) ]] ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stretch_number
            FROM compared
        ),

        valued AS (
            SELECT
                [[ (key|columns + ['updated_at', 'signature', 'source_file', 'source_row', 'is_change'])|fit(16) ]][[ ',' if own ]]
[% for attribute in own %]
[% if attribute.change == 'update' %]
                LAST_VALUE([[ attribute.name ]]) OVER (
                    PARTITION BY [[ key|columns|fit(20) ]], stretch_number ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS [[ attribute.name ]][[ comma(loop) ]]
[% else %]
                [[ attribute.name ]][[ comma(loop) ]]
[% endif %]
[% endfor %]
            FROM stretch
        ),

        change AS (
            SELECT * FROM valued
            WHERE is_change = 1
        )

        SELECT
            [[ key|columns('c')|fit(12) ]], c.updated_at,
            LEAD(c.updated_at) OVER (PARTITION BY [[ key|columns('c')|fit(16) ]] ORDER BY c.updated_at),
            COALESCE(c.updated_at = k.valid_from, FALSE),
            c.signature, c.source_file, c.source_row[[ ',' if own ]]
[% if own %]
            [[ own|columns('c')|fit(12) ]]
[% endif %]
        FROM change AS c
        INNER JOIN [[ name ]]_work_key AS k ON [[ same('c', 'k') ]];
