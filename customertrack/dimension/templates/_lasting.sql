        -- What holds in all versions of a key, from the state after the last event of a time. Of a key in order the batch tells it,
        -- of a late one the whole log.
        INSERT OVERWRITE INTO [[ name ]]_work_lasting ([[ (key + ['is_told'] + lasting)|columns|fit(12) ]])
        WITH counting AS (
            SELECT
                [[ (key|columns('e') + ['e.updated_at', 'e.signature'])|fit(16) ]],
                [[ lasting|columns('e')|fit(16) ]]
            FROM [[ name ]]_event AS e
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]]
            WHERE e.batch_id >= :first_batch_id AND (e.batch_id = :event_batch_id OR k.is_late)
            QUALIFY
                LEAD(e.updated_at) OVER (
                    PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY [[ order('e')|fit(20) ]]
                ) IS DISTINCT FROM e.updated_at
        )

        SELECT
            [[ key|columns|fit(12) ]], TRUE,
[% for attribute in lasting %]
            [[ 'FIRST_VALUE' if attribute.change == 'keep' else 'LAST_VALUE' ]]([[ attribute.name ]]) OVER (
                PARTITION BY [[ key|columns|fit(16) ]] ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )[[ comma(loop) ]]
[% endfor %]
        FROM counting
        WHERE signature IS NOT NULL
        QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY updated_at) = 1;
