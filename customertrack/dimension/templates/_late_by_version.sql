        IF (keys_late > 0) THEN
            -- What a version shows of [[ (updated|columns + carried|columns)|fit_comment(12, 24) if updated or carried else 'an event' ]]
            -- may come from after the horizon, so no stored version is an anchor
[% if from_begin %]
            -- for a late key. It is derived again from where the key had last become present before the horizon: there it is known what has been said.
[% else %]
            -- for a late key. It is derived again from where the version in effect just before the horizon begins[[ '.' if history else ';' ]]
[% if not history %]
            -- if that is not the open one, from its first event.
[% endif %]
[% endif %]
            INSERT OVERWRITE INTO [[ name ]]_work_key (
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            )
[% if from_begin and history %]
            WITH version AS (
                SELECT [[ key|columns('h')|fit(20) ]], h.valid_from, h.valid_to
                FROM [[ closed ]] AS h
                INNER JOIN [[ name ]]_work_key AS k ON [[ same('h', 'k') ]] AND h.valid_from < k.horizon
                WHERE k.is_late
                UNION ALL
                SELECT [[ key|columns|fit(20) ]], valid_from, NULL
                FROM [[ name ]]_work_key
                WHERE is_late AND signature IS NOT NULL
            ),

            begun AS (
                SELECT
                    version.*,
                    LAG(valid_to) OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY valid_from) IS DISTINCT FROM valid_from AS is_begin
                FROM version
            ),

            present AS (
                SELECT [[ key|columns|fit(20) ]], MAX(IFF(is_begin, valid_from, NULL)) AS first_at, MAX(valid_from) AS valid_from
                FROM begun
                GROUP BY [[ key|columns|fit(20) ]]
            )

[% endif %]
            SELECT
                [[ (key + work_key)|columns|fit(16) ]],
                [[ attributes|columns|fit(16) ]]
            FROM [[ name ]]_work_key
            WHERE NOT is_late
            UNION ALL
            SELECT
[% if from_begin and history %]
                [[ key|columns('k')|fit(16) ]], k.horizon, COALESCE(h.first_at, k.horizon), k.last_event_at, k.events, k.is_late,
                NULL, h.valid_from, NULL, NULL[[ ', k.is_told' if lasting ]][[ ', k.definition' if told_by ]],
                [[ (['NULL'] * attributes|length if partial else attributes|columns('k'))|fit(16) ]]
[% elif history %]
                [[ key|columns('k')|fit(16) ]], k.horizon, COALESCE(IFF(k.valid_from < k.horizon, k.valid_from, h.valid_from), k.horizon),
                k.last_event_at, k.events, k.is_late, NULL, IFF(k.valid_from < k.horizon, k.valid_from, h.valid_from), NULL, NULL[[ ', k.is_told' if lasting ]],
[% if told_by %]
                k.definition,
[% endif %]
                [[ attributes|known_before('h')|fit(16) ]]
[% else %]
                [[ key|columns('k')|fit(16) ]], k.horizon,
                [[ "TO_TIMESTAMP_NTZ('0001-01-01', 'YYYY-MM-DD')" if from_begin else "IFF(k.signature IS NULL, TO_TIMESTAMP_NTZ('0001-01-01', 'YYYY-MM-DD'), k.valid_from)" ]],
                k.last_event_at, k.events, k.is_late, NULL, IFF(k.signature IS NULL, NULL, k.valid_from), NULL, NULL[[ ', k.definition' if told_by ]],
                [[ attributes|known_before('')|fit(16) ]]
[% endif %]
            FROM [[ name ]]_work_key AS k
[% if from_begin and history %]
            LEFT JOIN present AS h ON [[ same('k', 'h') ]]
[% elif history %]
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
