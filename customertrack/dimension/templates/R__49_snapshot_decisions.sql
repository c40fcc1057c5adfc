[% if snapshots %]
-- What somebody decides of a snapshot that is held. `file`: its name, or its path within the bucket. A decision that was made already is not made again.
-- Where nothing can be decided they return a sentence that begins with "refused: ".
USE SCHEMA {{ database }}.dimension;

[% for word, done in [('release', 'released'), ('discard', 'discarded')] %]
CREATE OR ALTER PROCEDURE [[ word ]]_[[ name ]]_snapshot(file VARCHAR, decided_by VARCHAR)
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = '[[ "Has the next refresh apply a snapshot that is held; returns what that will do" if word == "release" else "Has a snapshot that is held never applied; returns what is left out" ]]'
EXECUTE AS OWNER
AS
$$
DECLARE
    files INTEGER;
    found VARCHAR;
    status VARCHAR;
    reason VARCHAR;
    snapshot_at TIMESTAMP_NTZ;
    first_unreadable_row INTEGER;
    later_files INTEGER;
    decided INTEGER;
    rows_landed INTEGER;
    rows_changed INTEGER;
    keys_deleted INTEGER;
BEGIN
    BEGIN TRANSACTION;
    -- Refreshes wait here, whose work tables are used.
    UPDATE [[ name ]]_refresh SET batch_id = batch_id;

    SELECT COUNT(*), MAX(s.source_file) INTO :files, :found
    FROM [[ name ]]_snapshot AS s
    WHERE s.source_file = :file OR ENDSWITH(s.source_file, '/' || :file);
    IF (files <> 1) THEN
        ROLLBACK;
        RETURN IFF(
            files = 0,
            'refused: there is no snapshot ' || file,
            'refused: ' || files || ' snapshots are called ' || file || '; give the path within the bucket'
        );
    END IF;

    SELECT COUNT(*) INTO :decided FROM [[ name ]]_snapshot_decision AS d WHERE d.source_file = :found AND d.decision = '[[ word ]]';
    IF (decided > 0) THEN
        ROLLBACK;
        RETURN '[[ done ]] already: ' || found;
    END IF;

    SELECT MAX(s.status), MAX(s.reason), MAX(s.snapshot_at), MAX(s.first_unreadable_row)
    INTO :status, :reason, :snapshot_at, :first_unreadable_row
    FROM [[ name ]]_snapshot AS s
    WHERE s.source_file = :found;
    IF (status <> 'held') THEN
        ROLLBACK;
        RETURN 'refused: the snapshot ' || found || ' is not held, it is ' || status;
    END IF;
[% if word == 'release' %]
    IF (snapshot_at IS NULL OR first_unreadable_row IS NOT NULL) THEN
        ROLLBACK;
        RETURN 'refused: ' || reason || ', and nobody knows what ' || found || ' says; discard it, and land it again under another name';
    END IF;
    SELECT COUNT(*) INTO :later_files
    FROM [[ name ]]_snapshot AS s
    WHERE s.status = 'applied' AND s.snapshot_at = :snapshot_at AND s.source_file > :found;
    IF (later_files > 0) THEN
        ROLLBACK;
        RETURN 'refused: another snapshot of the time of ' || found || ' sorts behind it, and is applied';
    END IF;
[% endif %]

    -- What it would do today; it is held since some time.
    CALL pdr_compare_snapshot_[[ name ]](:found);
    INSERT INTO [[ name ]]_snapshot_decision (source_file, decision, decided_by, decided_at) SELECT :found, '[[ word ]]', :decided_by, SYSDATE();
[% if word == 'release' %]
    UPDATE [[ name ]]_snapshot SET status = 'landed' WHERE source_file = :found;
    -- Wakes the task.
    INSERT INTO [[ name ]]_backlog (event_batch_id, parts) SELECT r.event_batch_id, 1 FROM [[ name ]]_refresh AS r;
[% else %]
    UPDATE [[ name ]]_snapshot SET status = 'discarded' WHERE source_file = :found;
[% endif %]
    SELECT MAX(s.rows_landed), COALESCE(MAX(s.rows_changed), 0), COALESCE(MAX(s.keys_deleted), 0) INTO :rows_landed, :rows_changed, :keys_deleted
    FROM [[ name ]]_snapshot AS s
    WHERE s.source_file = :found;
    COMMIT;
    RETURN '[[ done ]]: ' || found || ' (' || rows_landed || IFF(rows_landed = 1, ' row', ' rows') || '); it [[ 'ends' if word == 'release' else 'would have ended' ]] '
        || keys_deleted || IFF(keys_deleted = 1, ' key', ' keys') || ', and ' || rows_changed
        || IFF(rows_changed = 1, ' row [[ 'is' if word == 'release' else 'was' ]]', ' rows [[ 'are' if word == 'release' else 'were' ]]') || ' new or changed';
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
[% if not loop.last %]

[% endif %]
[% endfor %]
[% endif %]
