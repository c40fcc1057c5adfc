    -- The stream tells of which files there are new rows, and nothing else; reading it moves it on.
    INSERT OVERWRITE INTO [[ name ]]_work_file (source_file, rows_landed, file_modified_at, loaded_at)
    SELECT c.source_file, COUNT(*), MAX(c.file_modified_at), CONVERT_TIMEZONE('UTC', MAX(c.loaded_at))::TIMESTAMP_NTZ(6)
    FROM [[ name ]]_table_changes AS c
    GROUP BY c.source_file;
    DELETE FROM [[ name ]]_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM [[ name ]]_backlog_left AS b);

    -- A pipe may commit a file in pieces, so the rows do not say whether it is whole. The load history does. It names a file by its path within the bucket,
    -- as METADATA$FILENAME does, or by that within the stage.
    landing_path := REGEXP_REPLACE('{{ landing_root }}[[ name ]]/', '^[a-z0-9]+://[^/]+/', '');
    INSERT OVERWRITE INTO [[ name ]]_work_loaded (source_file, row_count, loaded_at)
    SELECT
        IFF(STARTSWITH(h.file_name, :landing_path), h.file_name, :landing_path || h.file_name),
        MAX(h.row_count), CONVERT_TIMEZONE('UTC', MAX(h.last_load_time))::TIMESTAMP_NTZ(6)
    FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => '[[ name ]]_raw', START_TIME => DATEADD('day', -13, CURRENT_TIMESTAMP()))) AS h
    WHERE h.status = 'Loaded'
    GROUP BY h.file_name;

    -- A file that was loaded again under its name changes nothing: its rows are counted.
    UPDATE [[ name ]]_snapshot SET
        loaded_at = IFF(status = 'loading', w.loaded_at, [[ name ]]_snapshot.loaded_at),
        rows_landed = [[ name ]]_snapshot.rows_landed + w.rows_landed,
        rows_repeated = rows_repeated + w.rows_landed
    FROM [[ name ]]_work_file AS w
    WHERE [[ name ]]_snapshot.source_file = w.source_file;

    -- New ones: those with rows, and those that were loaded and have none.
    INSERT INTO [[ name ]]_snapshot (source_file, status, file_modified_at, loaded_at)
    SELECT f.source_file, 'loading', f.file_modified_at, f.loaded_at
    FROM (
        SELECT source_file, file_modified_at, loaded_at FROM [[ name ]]_work_file
        UNION ALL
        SELECT source_file, NULL AS file_modified_at, loaded_at FROM [[ name ]]_work_loaded WHERE row_count = 0
    ) AS f
    WHERE NOT EXISTS (SELECT 1 FROM [[ name ]]_snapshot AS s WHERE s.source_file = f.source_file);

    -- Whole: all rows are there. What the load history has forgotten has been whole for long.
    UPDATE [[ name ]]_snapshot SET status = 'landed'
    FROM (
        SELECT s.source_file
        FROM [[ name ]]_snapshot AS s
        LEFT JOIN [[ name ]]_work_loaded AS l ON s.source_file = l.source_file
        LEFT JOIN (
            SELECT r.source_file, COUNT(*) AS rows_there
            FROM [[ name ]]_raw AS r
            WHERE r.source_file IN (SELECT n.source_file FROM [[ name ]]_snapshot AS n WHERE n.status = 'loading')
            GROUP BY r.source_file
        ) AS t ON s.source_file = t.source_file
        WHERE
            s.status = 'loading'
            AND (COALESCE(t.rows_there, 0) >= l.row_count OR (l.row_count IS NULL AND s.loaded_at < DATEADD('day', -13, SYSDATE())))
    ) AS w
    WHERE [[ name ]]_snapshot.source_file = w.source_file;

[% if time.file %]
    UPDATE [[ name ]]_snapshot SET snapshot_at = t.snapshot_at
    FROM v_[[ name ]]_snapshot_time AS t
    WHERE [[ name ]]_snapshot.source_file = t.source_file AND [[ name ]]_snapshot.status = 'landed';
[% else %]
    -- The time that all its rows say; none, if they do not all say one.
    UPDATE [[ name ]]_snapshot SET snapshot_at = t.snapshot_at
    FROM (
        SELECT
            c.source_file,
            IFF(COUNT(*) = COUNT(c.updated_at) AND MIN(c.updated_at) = MAX(c.updated_at), MIN(c.updated_at), NULL) AS snapshot_at
        FROM v_[[ name ]]_changing_data AS c
        WHERE
[% if time.feed %]
            -- One row for each text that says it: mostly there is one.
            (c.source_file, c.source_row) IN (
                SELECT r.source_file, MIN(r.source_row)
                FROM [[ name ]]_raw AS r
                WHERE r.source_file IN (SELECT n.source_file FROM [[ name ]]_snapshot AS n WHERE n.status = 'landed')
                GROUP BY r.source_file, r.[[ time.feed ]]
            )
[% else %]
            c.source_file IN (SELECT n.source_file FROM [[ name ]]_snapshot AS n WHERE n.status = 'landed')
[% endif %]
        GROUP BY c.source_file
    ) AS t
    WHERE [[ name ]]_snapshot.source_file = t.source_file;
[% endif %]
