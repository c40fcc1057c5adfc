        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO [[ name ]]_work_key (
            [[ (key + work_key)|columns|fit(12) ]],
            [[ attributes|columns|fit(12) ]]
        )
        WITH touched AS (
            SELECT [[ key|columns|fit(12) ]], MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, [[ events or 'COUNT(*)' ]] AS events[[ ',' if added ]]
[% if added %]
                MIN(IFF(is_delete, NULL, COALESCE(definition, 1))) AS definition
[% endif %]
            FROM [[ touching or source ]] AS e
            WHERE [[ (of_touching or of_batch) + '
                AND ' if of_batch ]](:parts = 1 OR MOD([[ hash() ]], :parts) = :part - 1)
            GROUP BY [[ key|columns|fit(12) ]]
        ),

        known AS (
            SELECT * FROM [[ states ]]
            WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(16) ]] FROM touched)
        )

        SELECT
            [[ key|columns('t')|fit(12) ]], t.horizon, [[ 't.horizon, ' if not anchored ]]GREATEST(t.last_event_at, COALESCE(s.last_event_at, t.last_event_at)), t.events,
[% if added %]
            -- Derived from the log as late ones are: a key of which an event has not said all[[ ', or one of which the batch may say something first' if told_by ]].
            COALESCE(t.horizon <= s.last_event_at, FALSE) OR COALESCE(t.definition < [[ added[-1] ]], FALSE)[[ ',' if not told_by ]]
[% if told_by %]
            OR (t.definition IS NOT NULL AND s.last_event_at IS NOT NULL AND COALESCE(s.definition, 1) < [[ told_by ]]),
[% endif %]
            IFF(s.valid_from < t.horizon, s.signature, NULL),
[% else %]
            COALESCE(t.horizon <= s.last_event_at, FALSE), IFF(s.valid_from < t.horizon, s.signature, NULL),
[% endif %]
            s.valid_from, s.source_file, s.source_row[[ ', s.is_told' if lasting ]],
[% if told_by %]
            IFF(COALESCE(t.horizon <= s.last_event_at, FALSE) OR t.definition < [[ added[-1] ]], NULL, COALESCE(t.definition, s.definition)),
[% endif %]
            [[ attributes|columns('s')|fit(12) ]]
        FROM touched AS t
        LEFT JOIN known AS s ON [[ same('t', 's') ]];
