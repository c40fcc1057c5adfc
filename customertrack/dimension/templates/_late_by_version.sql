        IF (keys_late > 0) THEN
            -- What a version shows of [[ updated|columns|fit(12) if updated else 'an event' ]] may come from after the horizon, so no stored version is an anchor
            -- for a late key. It is derived again from where the version in effect just before the horizon begins[[ '.' if history else ';' ]]
[% if not history %]
            -- if that is not the open one, from its first event.
[% endif %]
            INSERT OVERWRITE INTO [[ name ]]_work_key (
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            )
            SELECT
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            FROM [[ name ]]_work_key
            WHERE NOT is_late
            UNION ALL
            SELECT
[% if history %]
                [[ key|columns('k')|fit(16) ]], k.horizon, COALESCE(IFF(k.valid_from < k.horizon, k.valid_from, h.valid_from), k.horizon),
                k.last_event_at, k.events, k.is_late, NULL, IFF(k.valid_from < k.horizon, k.valid_from, h.valid_from), NULL, NULL[[ ', k.is_told' if lasting ]],
[% else %]
                [[ key|columns('k')|fit(16) ]], k.horizon, IFF(k.signature IS NULL, TO_TIMESTAMP_NTZ('0001-01-01', 'YYYY-MM-DD'), k.valid_from),
                k.last_event_at, k.events, k.is_late, NULL, IFF(k.signature IS NULL, NULL, k.valid_from), NULL, NULL[[ ', k.is_told' if lasting ]],
[% endif %]
                [[ attributes|columns('k')|fit(16) ]]
            FROM [[ name ]]_work_key AS k
[% if history %]
            LEFT JOIN [[ closed ]] AS h
                ON [[ same('k', 'h') ]] AND k.signature IS NULL
                AND h.valid_from < k.horizon AND h.valid_to >= k.horizon AND h.valid_to >= :least_horizon
[% endif %]
            WHERE k.is_late;

            SELECT MIN(first_at) INTO :least_horizon FROM [[ name ]]_work_key;
[% if history %]

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
                AND [[ old ]].valid_from >= k.first_at
                AND [[ old ]].valid_to >= :least_horizon;
[% endif %]
        END IF;
