        IF (others_after > 0) THEN
            -- Late: what stands where something else is true now is replaced, and stays to be told by as_known.
            UPDATE [[ name ]]_event SET replaced_batch_id = :event_batch_id, replaced_at = :known_at
            FROM [[ name ]]_work_difference AS w
            WHERE
                [[ same(name + '_event', 'w') ]]
                AND [[ name ]]_event.updated_at = w.updated_at
                AND [[ name ]]_event.replaced_at IS NULL;
        END IF;

        INSERT INTO [[ name ]]_event (
            [[ (key + ['updated_at', 'is_delete', 'source_file', 'source_row', 'file_modified_at', 'loaded_at', 'batch_id', 'content_hash'])|columns|fit(12) ]],[[ ' definition,' if added ]]
            [[ attributes|columns|fit(12) ]]
        )
        SELECT
            [[ (key|columns('w') + ['w.updated_at', 'w.is_delete', 'w.source_file', 'w.source_row', 's.file_modified_at', ':known_at', ':event_batch_id', 'w.content_hash'])|fit(12) ]],[[ ' w.definition,' if added ]]
            [[ attributes|columns('w')|fit(12) ]]
        FROM [[ name ]]_work_difference AS w
        INNER JOIN [[ name ]]_snapshot AS s ON w.source_file = s.source_file
        WHERE w.is_delete IS NOT NULL;

        DELETE FROM [[ name ]]_known
        WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(12) ]] FROM [[ name ]]_work_difference);

        IF (others_after = 0) THEN
            INSERT INTO [[ name ]]_known ([[ (key + ['content_hash', 'landed_hash'])|columns|fit(16) ]])
            SELECT [[ (key + ['content_hash', 'landed_hash'])|columns|fit(16) ]]
            FROM [[ name ]]_work_difference
            WHERE NOT is_delete;
[% if texts_compared %]

            -- What says the same in other words.
            UPDATE [[ name ]]_known SET landed_hash = w.landed_hash
            FROM [[ name ]]_work_landed AS w
            WHERE
                [[ same(name + '_known', 'w') ]]
                AND w.counts
                AND w.landed_hash IS NOT NULL
                AND [[ name ]]_known.landed_hash IS DISTINCT FROM w.landed_hash;
[% endif %]
        ELSE
            INSERT INTO [[ name ]]_known ([[ (key + ['content_hash'])|columns|fit(16) ]])
            SELECT [[ (key + ['content_hash'])|columns('l')|fit(16) ]]
            FROM (
                SELECT [[ (key + ['content_hash'])|columns|fit(20) ]]
                FROM v_[[ name ]]_event_standing
                WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(20) ]] FROM [[ name ]]_work_difference)
                QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at DESC) = 1
            ) AS l
            WHERE l.content_hash IS NOT NULL;

            DELETE FROM [[ name ]]_spared WHERE snapshot_at = :snapshot_at;
            UPDATE [[ name ]]_snapshot SET status = 'superseded' WHERE status = 'applied' AND snapshot_at = :snapshot_at;
        END IF;

        IF (rows_rejected > 0) THEN
            INSERT INTO [[ name ]]_spared ([[ (key + ['snapshot_at'])|columns|fit(16) ]])
            SELECT [[ (key|columns + [':snapshot_at'])|fit(16) ]]
            FROM [[ name ]]_work_landed
            WHERE counts AND is_reject;
        END IF;

        UPDATE [[ name ]]_snapshot SET status = 'applied', batch_id = :event_batch_id, known_at = :known_at WHERE source_file = :file;
