[% if snapshots %]
-- From landed files to events: which snapshots are whole, and of each, in the order of their times, what it changes in the log. The refresh calls it within
-- its transaction, in the place where one of a feed of changes reads its stream; then it goes on from the log as that one does.
--
-- The rule for a file of time t, whatever has landed before it (decision 0039): only keys are touched of which the log says something else at t than the
-- file. At t, and at the next snapshot that does not spare the key, what stands there is replaced by what is true then, if that differs from what it follows.
-- Worked example: 01 says a = x, 03 too, and then 02 lands and says a = y. In the log: x since 01. Added: y at 02, and x at 03, which is told by the file of
-- 03 as a whole, because its row was not kept when it landed: source_row 0.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_apply_snapshots_[[ name ]](event_batch_id NUMBER)
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Applies the snapshots that have landed whole to the log, or holds them'
EXECUTE AS OWNER
AS
$$
DECLARE
    landing_path VARCHAR;
    file VARCHAR;
    snapshot_at TIMESTAMP_NTZ;
    reason VARCHAR;
    released_at TIMESTAMP_NTZ;
    loaded_at TIMESTAMP_NTZ;
    known_at TIMESTAMP_NTZ;
    later_files INTEGER;
    others_after INTEGER;
    rows_rejected INTEGER;
    files_loading INTEGER;
BEGIN
[% include "_snapshots_landed.sql" %]

    LOOP
        file := NULL;
        SELECT MIN(s.source_file) INTO :file
        FROM (
            SELECT source_file FROM [[ name ]]_snapshot
            WHERE status = 'landed'
            ORDER BY snapshot_at NULLS FIRST, source_file
            LIMIT 1
        ) AS s;
        IF (file IS NULL) THEN
            BREAK;
        END IF;

        CALL pdr_compare_snapshot_[[ name ]](:file);

[% include "_snapshot_guard.sql" %]

        IF (reason IS NOT NULL) THEN
            -- Nothing of it is in any table, its rejects neither: a release would write them twice.
            UPDATE [[ name ]]_snapshot SET status = 'held', reason = :reason WHERE source_file = :file;
            CONTINUE;
        END IF;

        -- Since when the tables say so. Not earlier than what they said before it, or they would have said two things at one time.
        SELECT GREATEST(:loaded_at, COALESCE(:released_at, :loaded_at), COALESCE(MAX(s.known_at), :loaded_at)) INTO :known_at
        FROM [[ name ]]_snapshot AS s;

        IF (rows_rejected > 0) THEN
            INSERT INTO [[ name ]]_reject (
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, batch_id,
                [[ feed|fit(16) ]]
            )
            SELECT
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, :event_batch_id,
                [[ texts|fit(16) ]]
            FROM v_[[ name ]]_changing_data
            WHERE
                source_file = :file
                AND source_row IN (SELECT source_row FROM [[ name ]]_work_landed WHERE is_reject)
                AND reject_reasons IS NOT NULL;
        END IF;

        SELECT COUNT(*), COUNT_IF(s.snapshot_at = :snapshot_at AND s.source_file > :file) INTO :others_after, :later_files
        FROM [[ name ]]_snapshot AS s
        WHERE s.status = 'applied' AND s.snapshot_at >= :snapshot_at;
        IF (later_files > 0) THEN
            -- Of two of one time the one that sorts last counts, whole: this one is only counted.
            UPDATE [[ name ]]_snapshot SET
                status = 'superseded', batch_id = :event_batch_id,
                rows_changed = 0, rows_unchanged = rows_unchanged + rows_changed
            WHERE source_file = :file;
            CONTINUE;
        END IF;

[% include "_apply_snapshot.sql" %]
    END LOOP;

    SELECT COUNT(*) INTO :files_loading FROM [[ name ]]_snapshot AS s WHERE s.status = 'loading';
    IF (files_loading > 0) THEN
        -- Their rows are read already, so it is this that wakes the task, until the load history calls them whole.
        INSERT INTO [[ name ]]_backlog (event_batch_id, parts) SELECT :event_batch_id, 1;
    END IF;
    RETURN 'applied';
END;
$$;
[% endif %]
