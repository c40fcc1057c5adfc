        IF (keys_late > 0) THEN
            -- Where the state began too late, the anchor is a closed version, or none. Written anew, and not by UPDATE: see decision 0004.
            INSERT OVERWRITE INTO [[ name ]]_work_key (
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            )
            SELECT
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            FROM [[ name ]]_work_key
            WHERE NOT is_late OR valid_from < horizon
            UNION ALL
            SELECT
                [[ key|columns('k')|fit(16) ]], k.horizon, k.last_event_at, k.events, k.is_late,
                IFF(h.valid_from IS NULL, NULL, [[ name ]]_signature([[ versioned|columns('h')|fit(20, 50) ]])),
                h.valid_from, h.source_file, h.source_row[[ ', k.is_told' if lasting ]][[ ', k.definition' if told_by ]],
                [[ attributes|own_or('h', 'k')|fit(16) ]]
            FROM [[ name ]]_work_key AS k
            LEFT JOIN [[ closed ]] AS h
                ON [[ same('k', 'h') ]]
                AND h.valid_from < k.horizon AND h.valid_to >= k.horizon AND h.valid_to >= :least_horizon
            WHERE k.is_late AND (k.valid_from >= k.horizon OR k.valid_from IS NULL);

[% set old = 'c' if merged else name + '_closed' %]
[% if merged %]
            -- No DELETE, which would write all rows beside them anew: the view of closed versions leaves these out, and a compaction deletes them.
            INSERT INTO [[ name ]]_superseded ([[ (key + ['valid_from', 'batch_id'])|columns|fit(16) ]])
            SELECT [[ (key|columns('c') + ['c.valid_from', ':batch_id'])|fit(16) ]]
            FROM [[ closed ]] AS c
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('c', 'k') ]]
            WHERE
                k.is_late
[% else %]
            DELETE FROM [[ name ]]_closed USING [[ name ]]_work_key AS k
            WHERE
                k.is_late
                AND [[ same(name + '_closed', 'k') ]]
[% endif %]
                AND [[ old ]].valid_to >= k.horizon
                AND [[ old ]].valid_to >= :least_horizon;
        END IF;
