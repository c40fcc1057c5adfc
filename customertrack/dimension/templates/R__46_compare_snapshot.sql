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
    rows_landed INTEGER;
    rows_rejected INTEGER;
    rows_repeated INTEGER;
    first_unreadable_row INTEGER;
    rows_changed INTEGER;
    keys_before INTEGER;
    keys_deleted INTEGER;
BEGIN
    SELECT MAX(s.snapshot_at) INTO :snapshot_at FROM [[ name ]]_snapshot AS s WHERE s.source_file = :file;

    -- The one reading of the file.
    INSERT OVERWRITE INTO [[ name ]]_work_landed (
        [[ (key + ['content_hash', 'is_reject', 'is_unreadable', 'source_row'])|columns|fit(8) ]],[[ ' definition,' if added ]]
        [[ attributes|columns|fit(8) ]]
    )
    SELECT
[% for one in key %]
        IFF(is_unreadable, NULL, [[ one.name ]]),
[% endfor %]
        IFF(reject_reasons IS NULL, [[ content('', 8) ]], NULL),
        reject_reasons IS NOT NULL, is_unreadable, source_row,[[ ' definition,' if added ]]
[% for one in attributes %]
        IFF(reject_reasons IS NULL, [[ one.name ]], NULL)[[ comma(loop) ]]
[% endfor %]
    FROM v_[[ name ]]_changing_data
    WHERE source_file = :file;

    SELECT COALESCE(SUM(k.landed), 0), COALESCE(SUM(k.rejected), 0), COALESCE(SUM(GREATEST(k.landed - k.rejected - 1, 0)), 0), MIN(k.unreadable_row)
    INTO :rows_landed, :rows_rejected, :rows_repeated, :first_unreadable_row
    FROM (
        SELECT COUNT(*) AS landed, COUNT_IF(is_reject) AS rejected, MIN(IFF(is_unreadable, source_row, NULL)) AS unreadable_row
        FROM [[ name ]]_work_landed
        GROUP BY [[ key|columns|fit(12) ]]
    ) AS k;

    IF (rows_rejected + rows_repeated > 0) THEN
        -- Of several rows of a key the last counts, and a reject only if there is no other: then nothing is known of the key but that it is there.
        INSERT OVERWRITE INTO [[ name ]]_work_landed (
            [[ (key + ['content_hash', 'is_reject', 'is_unreadable', 'source_row'])|columns|fit(12) ]],[[ ' definition,' if added ]]
            [[ attributes|columns|fit(12) ]]
        )
        SELECT
            [[ (key + ['content_hash', 'is_reject', 'is_unreadable', 'source_row'])|columns|fit(12) ]],[[ ' definition,' if added ]]
            [[ attributes|columns|fit(12) ]]
        FROM [[ name ]]_work_landed
        QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY is_reject, source_row DESC) = 1;
    END IF;

    IF (snapshot_at IS NOT NULL AND first_unreadable_row IS NULL) THEN
        SELECT COUNT(*) INTO :others_after FROM [[ name ]]_snapshot AS s WHERE s.status = 'applied' AND s.snapshot_at >= :snapshot_at;
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
            LEFT JOIN [[ name ]]_work_landed AS l ON [[ same('b', 'l') ]]
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
