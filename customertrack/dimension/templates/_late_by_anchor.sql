        IF (keys_late > 0) THEN
            -- Where the open version began too late, the anchor is a closed one, or none. Written anew, and not by UPDATE, as wide rows are (decision 0004).
            INSERT OVERWRITE INTO [[ name ]]_work_key (
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            )
            SELECT
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            FROM [[ name ]]_work_key
            WHERE signature IS NOT NULL OR NOT is_late
            UNION ALL
            SELECT
                [[ key|columns('k')|fit(16) ]], k.horizon, k.last_event_at, k.events, k.is_late,
                IFF(h.valid_from IS NULL, NULL, [[ name ]]_signature([[ versioned|columns('h')|fit(20, 50) ]])),
                h.valid_from, h.source_file, h.source_row[[ ', k.is_told' if lasting ]][[ ', k.definition' if told_by ]],
                [[ attributes|own_or('h', 'k')|fit(16) ]]
            FROM [[ name ]]_work_key AS k
            LEFT JOIN [[ name ]]_closed AS h
                ON [[ same('k', 'h') ]]
                AND h.valid_from < k.horizon AND h.valid_to >= k.horizon AND h.valid_to >= :least_horizon
            WHERE k.signature IS NULL AND k.is_late;

            DELETE FROM [[ name ]]_closed USING [[ name ]]_work_key AS k
            WHERE
                k.is_late
                AND [[ same(name + '_closed', 'k') ]]
                AND [[ name ]]_closed.valid_to >= k.horizon
                AND [[ name ]]_closed.valid_to >= :least_horizon;
        END IF;
