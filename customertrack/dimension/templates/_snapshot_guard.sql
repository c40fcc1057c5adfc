        -- Why it is held. What was released is not asked again how many keys it ends, but no one can release what nobody knows: its time, or who is absent.
        SELECT MAX(d.decided_at) INTO :released_at FROM [[ name ]]_snapshot_decision AS d WHERE d.source_file = :file AND d.decision = 'release';
        SELECT
            s.snapshot_at, s.rows_rejected, s.loaded_at,
            CASE
[% if not time.file %]
                WHEN s.rows_landed = 0 THEN 'it has no row, and so no time in [[ time.column|within ]]'
[% endif %]
                WHEN s.snapshot_at IS NULL THEN '[[ "there is no one time in its name" if time.file else "its rows do not all have one time in " ~ time.column|within ]]'
                WHEN s.first_unreadable_row IS NOT NULL THEN 'the key of row ' || s.first_unreadable_row || ' cannot be read'
                WHEN :released_at IS NOT NULL THEN NULL
                WHEN s.snapshot_at > DATEADD('hour', {{ clock_skew_hours }}, s.loaded_at) THEN 'its time is in the future'
                WHEN s.rows_landed < [[ guard.min_rows ]] THEN 'it has ' || s.rows_landed || IFF(s.rows_landed = 1, ' row', ' rows') || ', and min_rows is [[ guard.min_rows ]]'
                WHEN s.keys_deleted > [[ guard.max_deleted ]] * s.keys_before
                    THEN 'it would end ' || s.keys_deleted || ' of ' || s.keys_before || ' keys, and max_deleted is [[ guard.max_deleted ]]'
            END
        INTO :snapshot_at, :rows_rejected, :loaded_at, :reason
        FROM [[ name ]]_snapshot AS s
        WHERE s.source_file = :file;
