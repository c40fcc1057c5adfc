        IF (keys_late > 0) THEN
[% set own = attributes|rejectattr('change', 'in', ('correct', 'keep'))|list %]
            -- Where the state began at or after the horizon, the anchor is a closed version, or none.
            UPDATE [[ name ]]_work_key SET
                [[ (['signature', 'valid_from', 'source_file', 'source_row'] + own)|assigned('h')|fit(16) ]]
            FROM (
                SELECT
                    [[ key|columns('k')|fit(20) ]],
                    IFF(h.valid_from IS NULL, NULL, [[ name ]]_signature([[ versioned|columns('h')|fit(24, 50) ]])) AS signature,
                    h.valid_from, h.source_file, h.source_row,
                    [[ own|columns('h')|fit(20) ]]
                FROM [[ name ]]_work_key AS k
                LEFT JOIN [[ closed ]] AS h
                    ON [[ same('k', 'h') ]]
                    AND h.valid_from < k.horizon AND h.valid_to >= k.horizon AND h.valid_to >= :least_horizon
                WHERE k.valid_from >= k.horizon
            ) AS h
            WHERE [[ same(name + '_work_key', 'h') ]];

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
