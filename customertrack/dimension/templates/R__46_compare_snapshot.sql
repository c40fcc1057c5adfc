[% if snapshots %]
-- What a snapshot differs in from what the log says of its time. Nothing is applied: [[ name ]]_work_difference has what would be, and [[ name ]]_snapshot the
-- counts. Whoever calls it holds the row of [[ name ]]_refresh, so that the work tables are nobody else's.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_compare_snapshot_[[ name ]](file VARCHAR)
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Finds the differences of one snapshot, and counts them'
EXECUTE AS OWNER
AS
$$
DECLARE
    snapshot_at TIMESTAMP_NTZ;
    others_after INTEGER;
    keys_same INTEGER DEFAULT 0;
    rows_landed INTEGER;
    rows_rejected INTEGER;
    rows_repeated INTEGER;
    first_unreadable_row INTEGER;
    rows_changed INTEGER;
    keys_before INTEGER;
    keys_deleted INTEGER;
BEGIN
    SELECT MAX(s.snapshot_at) INTO :snapshot_at FROM [[ name ]]_snapshot AS s WHERE s.source_file = :file;

    SELECT COUNT(*) INTO :others_after FROM [[ name ]]_snapshot AS s WHERE s.status = 'applied' AND s.snapshot_at >= :snapshot_at;

[% if texts_compared %]
    -- The one reading of the whole file. Most rows say what was said last, word for word, and need not be typed to be known as such.
    INSERT OVERWRITE INTO [[ name ]]_work_text ([[ (key + ['landed_hash', 'source_row'])|columns|fit(8) ]])
    SELECT
        [[ key|columns|fit(8) ]],
        HASH([[ texts_compared|fit(12) ]]),
        source_row
    FROM v_[[ name ]]_changing_data
    WHERE source_file = :file;

[% endif %]
    INSERT OVERWRITE INTO [[ name ]]_work_landed (
        [[ (key + ['content_hash', 'landed_hash', 'is_reject', 'is_unreadable', 'counts', 'source_row'])|columns|fit(8) ]],[[ ' definition,' if added ]]
        [[ attributes|columns|fit(8) ]]
    )
    SELECT
[% for one in key %]
        IFF(is_unreadable, NULL, [[ one.name ]]),
[% endfor %]
        IFF(reject_reasons IS NULL, [[ content('', 8) ]], NULL),
[% if texts_compared %]
        IFF(reject_reasons IS NULL, HASH([[ texts_compared|fit(12, 30) ]]), NULL),
[% else %]
        NULL,
[% endif %]
        reject_reasons IS NOT NULL, is_unreadable, TRUE, source_row,[[ ' definition,' if added ]]
[% for one in attributes %]
        IFF(reject_reasons IS NULL, [[ one.name ]], NULL)[[ comma(loop) ]]
[% endfor %]
    FROM v_[[ name ]]_changing_data
[% if texts_compared %]
    WHERE
        source_file = :file
        AND source_row IN (
            SELECT t.source_row
            FROM [[ name ]]_work_text AS t
            LEFT JOIN [[ name ]]_known AS k ON :others_after = 0 AND t.landed_hash = k.landed_hash AND [[ same('t', 'k') ]]
            WHERE k.landed_hash IS NULL
        );

    IF (others_after = 0) THEN
        -- Of a key that stands in the file again all rows take part. Of these the attributes will not be asked for.
        INSERT INTO [[ name ]]_work_landed (
            [[ (key + ['content_hash', 'is_reject', 'is_unreadable', 'counts', 'source_row'])|columns|fit(12) ]]
        )
        SELECT [[ (key|columns('k') + ['k.content_hash', 'FALSE', 'FALSE', 'TRUE', 't.source_row'])|fit(12) ]]
        FROM [[ name ]]_known AS k
        INNER JOIN [[ name ]]_work_text AS t ON k.landed_hash = t.landed_hash AND [[ same('k', 't') ]]
        WHERE [[ key|tuple('k') ]] IN (SELECT [[ key|columns|fit(12) ]] FROM [[ name ]]_work_landed);

        INSERT OVERWRITE INTO [[ name ]]_work_known ([[ (key + ['content_hash'])|columns|fit(12) ]])
        SELECT [[ (key + ['content_hash'])|columns('k')|fit(12) ]]
        FROM [[ name ]]_known AS k
        LEFT JOIN [[ name ]]_work_text AS t ON k.landed_hash = t.landed_hash AND [[ same('k', 't') ]]
        WHERE t.source_row IS NULL
        UNION ALL
        SELECT DISTINCT [[ (key + ['content_hash'])|columns|fit(12) ]]
        FROM [[ name ]]_work_landed
        WHERE landed_hash IS NULL AND NOT is_reject;

        SELECT (SELECT COUNT(*) FROM [[ name ]]_known) - COUNT(*) INTO :keys_same FROM [[ name ]]_work_known;
    END IF;
[% else %]
    WHERE source_file = :file;
[% endif %]

    SELECT [[ '(SELECT COUNT(*) FROM ' + name + '_work_text)' if texts_compared else 'COUNT(*)' ]], COUNT_IF(is_reject), MIN(IFF(is_unreadable, source_row, NULL))
    INTO :rows_landed, :rows_rejected, :first_unreadable_row
    FROM [[ name ]]_work_landed;

    -- Each row that is no reject tells its key, or repeats it.
    SELECT :rows_landed - :rows_rejected - :keys_same - COUNT(*) INTO :rows_repeated
    FROM (SELECT DISTINCT [[ key|columns|fit(8) ]] FROM [[ name ]]_work_landed WHERE NOT is_reject) AS k;

    IF (rows_rejected + rows_repeated > 0) THEN
        -- Of several rows of a key the last counts, and a reject only if there is no other: then nothing is known of the key but that it is there.
        INSERT OVERWRITE INTO [[ name ]]_work_landed (
            [[ (key + ['content_hash', 'landed_hash', 'is_reject', 'is_unreadable', 'source_row'])|columns|fit(12) ]],[[ ' definition,' if added ]]
            [[ attributes|columns|fit(12) ]],
            counts
        )
        SELECT
            [[ (key + ['content_hash', 'landed_hash', 'is_reject', 'is_unreadable', 'source_row'])|columns|fit(12) ]],[[ ' definition,' if added ]]
            [[ attributes|columns|fit(12) ]],
            ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY is_reject, source_row DESC) = 1
        FROM [[ name ]]_work_landed;
    END IF;

    IF (snapshot_at IS NOT NULL AND first_unreadable_row IS NULL) THEN
        IF (others_after = 0) THEN
[% include "_difference_in_order.sql" %]

            SELECT COUNT_IF(NOT is_delete), COUNT_IF(is_delete), (SELECT COUNT(*) FROM [[ name ]]_known)
            INTO :rows_changed, :keys_deleted, :keys_before
            FROM [[ name ]]_work_difference;
        ELSE
[% include "_difference_late.sql" %]

            -- Rows that become events; at the time of the next snapshot there are none of this file.
            SELECT COUNT_IF(NOT d.is_delete) INTO :rows_changed FROM [[ name ]]_work_difference AS d WHERE d.source_file = :file;

            SELECT COUNT(*), COUNT_IF(l.source_row IS NULL) INTO :keys_before, :keys_deleted
            FROM (
                SELECT [[ key|columns('e')|fit(20) ]], e.is_delete
                FROM v_[[ name ]]_event_standing AS e
                WHERE e.updated_at < :snapshot_at
                QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY e.updated_at DESC) = 1
            ) AS b
            LEFT JOIN [[ name ]]_work_landed AS l ON l.counts AND [[ same('b', 'l') ]]
            WHERE NOT b.is_delete;
        END IF;
    END IF;

    UPDATE [[ name ]]_snapshot SET
        rows_landed = :rows_landed,
        rows_changed = :rows_changed,
        rows_unchanged = :rows_landed - :rows_rejected - :rows_repeated - :rows_changed,
        rows_repeated = :rows_repeated,
        rows_rejected = :rows_rejected,
        first_unreadable_row = :first_unreadable_row,
        keys_before = :keys_before,
        keys_deleted = :keys_deleted
    WHERE source_file = :file;
    RETURN 'compared';
END;
$$;
[% endif %]
