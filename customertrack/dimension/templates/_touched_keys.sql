        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
[% set may_be_unsaid = (told_first|selectattr('change', 'equalto', 'keep')|map(attribute='name')|map('is_null')|list)
    + (['(s.signature IS NOT NULL AND (' + told_first|rejectattr('change', 'equalto', 'keep')|map(attribute='name')|map('is_null')|join(' OR ') + '))']
        if told_first|rejectattr('change', 'equalto', 'keep')|list else []) %]
[% set ends_all = truncates and not rebuilding %]
[% set is_after_horizon %]
COALESCE(t.horizon <= s.last_event_at, FALSE)[[ ' OR COALESCE(t.horizon <= b.earlier_at, FALSE)' if ends_all ]]
[%- endset %]
        INSERT OVERWRITE INTO [[ name ]]_work_key (
            [[ (key + work_key)|columns|fit(12) ]],
            [[ attributes|columns|fit(12) ]]
        )
        WITH touched AS (
            SELECT [[ key|columns|fit(12) ]], MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, [[ events or ('SUM(events)' if ends_all else 'COUNT(*)') ]] AS events[[ ',' if added and not partial or told_first ]]
[% if told_first %]
                MAX(IFF(is_delete, 0, 1)) AS upserts
[% elif added and not partial %]
                MIN(IFF(is_delete, NULL, COALESCE(definition, 1))) AS definition
[% endif %]
[% if ends_all %]
            FROM (
                SELECT [[ key|columns|fit(16) ]], updated_at, is_delete, definition, batch_id, 1 AS events
                FROM [[ name ]]_event
                UNION ALL
                -- A truncate changes each key that was present at its time. Of one that was absent a life had ended before.
                SELECT [[ key|columns('s')|fit(16) ]], b.updated_at, TRUE, NULL, b.batch_id, 0
                FROM [[ states ]] AS s
                INNER JOIN [[ name ]]_barrier AS b ON [[ 's.valid_from <= b.updated_at' if history or not fills else 'TRUE' ]]
                WHERE :truncates > 0 AND b.batch_id = :event_batch_id AND s.signature IS NOT NULL
[% if history %]
                UNION ALL
                SELECT [[ key|columns('c')|fit(16) ]], b.updated_at, TRUE, NULL, b.batch_id, 0
                FROM [[ closed ]] AS c
                INNER JOIN [[ name ]]_barrier AS b ON c.valid_from <= b.updated_at AND b.updated_at < c.valid_to
                WHERE :truncates > 0 AND b.batch_id = :event_batch_id
[% endif %]
            ) AS e
[% else %]
            FROM [[ touching or source ]] AS e
[% endif %]
            WHERE [[ (of_touching or of_batch) + '
                AND ' if of_batch ]](:parts = 1 OR MOD([[ hash() ]], :parts) = :part - 1)
            GROUP BY [[ key|columns|fit(12) ]]
        ),

        known AS (
            SELECT * FROM [[ states ]]
            WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(16) ]] FROM touched)
        )

        SELECT
            [[ key|columns('t')|fit(12) ]], t.horizon,[[ ' t.horizon,' if not anchored ]][[ '\n            ' if ends_all else ' ' ]]GREATEST(t.last_event_at, COALESCE(s.last_event_at, t.last_event_at)[[ ', COALESCE(b.last_at, t.last_event_at)' if ends_all ]]), t.events,
[% if told_first %]
            -- Derived from the log as late ones are: a key of which the batch may say something first. A value that is there has been said.
            [[ is_after_horizon ]]
            OR (t.upserts > 0 AND s.last_event_at IS NOT NULL AND ([[ may_be_unsaid|join('\n                OR ') ]])),
            IFF(s.valid_from < t.horizon, s.signature, NULL),
[% elif added and not partial %]
            -- Derived from the log as late ones are: a key of which an event has not said all[[ ', or one of which the batch may say something first' if told_by ]].
            [[ is_after_horizon ]] OR COALESCE(t.definition < [[ added[-1] ]], FALSE)[[ ',' if not told_by ]]
[% if told_by %]
            OR (t.definition IS NOT NULL AND s.last_event_at IS NOT NULL AND COALESCE(s.definition, 1) < [[ told_by ]]),
[% endif %]
            IFF(s.valid_from < t.horizon, s.signature, NULL),
[% else %]
            [[ is_after_horizon ]], IFF(s.valid_from < t.horizon, s.signature, NULL),
[% endif %]
            s.valid_from, s.source_file, s.source_row[[ ', s.is_told' if lasting ]],
[% if told_by %]
            IFF([[ is_after_horizon ]] OR t.definition < [[ added[-1] ]], NULL, COALESCE(t.definition, s.definition)),
[% endif %]
            [[ attributes|columns('s')|fit(12) ]]
        FROM touched AS t
[% if ends_all %]
        -- Where all keys have ended, an event of a new one is late too if that was later.
        CROSS JOIN (
            SELECT MAX(IFF(batch_id < :event_batch_id, updated_at, NULL)) AS earlier_at, MAX(updated_at) AS last_at
            FROM [[ name ]]_barrier
            WHERE batch_id <= :event_batch_id
        ) AS b
[% endif %]
        LEFT JOIN known AS s ON [[ same('t', 's') ]];
