-- The refresh: everything pending in the stream into [[ name ]]_event, and from there into [[ name ]]_state and [[ name ]]_closed, which [[ name ]] and
-- [[ name ]]_history show. One transaction, as a rule; more rows than [[ name ]]_refresh allows are a backlog, applied in parts, a transaction each.
--
-- The rule it keeps (semantics, "The one rule"): both tables are a pure function of the set of accepted events. Words:
--   horizon    the least updated_at that this batch brings for a key
--   late       at or before the last event already applied to its key (a tie counts: it may supersede that event, or its place in the file order)
[% if anchored %]
--   anchor     the version in effect just before the horizon: the open one, unless the key is late
--   timeline   what changes for a key from the horizon on, no-ops dropped, each until the next one
-- For every key the anchor ends where the timeline begins. Of a key in order the timeline is made of what the batch brings, and nothing else changes; of
-- a late one it is made of all its events from the horizon on, and what was derived from them before is deleted.
-- Worked example, key 1 with Ann at 05, 10, 15 and Carl at 20 applied, then Bob at 12 lands: horizon 12, late. Anchor: Ann [05, 20), which is deleted.
-- Timeline: Bob 12, Ann 15, Carl 20. Closed: Ann [05, 12), Bob [12, 15), Ann [15, 20). State: Carl since 20.
[% else %]
--   timeline   the versions of a key from the begin of the one in effect just before the horizon on, each until the next one
-- Of a key in order that version is the open one, and what the batch brings goes behind it. Of a late key it is derived again, and all that follows it, from
-- the log: what a stored version shows[% if updated %] of [[ updated|columns|fit(0) ]][% endif %] may come from after the horizon. What was derived from there on before is deleted.
-- Worked example, key 1 with Ann at 05, 10, 15 and Carl at 20 applied, then Bob at 12 lands: horizon 12, late, derived again from 05 on, where Ann begins.
-- Timeline: Ann 05, Bob 12, Ann 15, Carl 20. [% if history %]Closed: Ann [05, 12), Bob [12, 15), Ann [15, 20). [% endif %]State: Carl since 20.
[% endif %]
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_pipeline_scd2_[[ name ]]()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Applies the pending landed rows, a backlog in parts; returns what the last transaction did'
EXECUTE AS OWNER
AS
$$
DECLARE
    started_at TIMESTAMP_NTZ;
    batch_id INTEGER;
    event_batch_id INTEGER;
    parts INTEGER;
    part INTEGER;
    most_rows INTEGER;
    rows_landed INTEGER;
    rows_rejected INTEGER;
    events_accepted INTEGER;
    files INTEGER;
    last_loaded_at TIMESTAMP_NTZ;
    keys_touched INTEGER;
    keys_late INTEGER;
    least_horizon TIMESTAMP_NTZ;
    first_batch_id INTEGER;
    versions_closed INTEGER;
    done VARCHAR DEFAULT 'nothing pending';
BEGIN
    LOOP
        started_at := SYSDATE();
        BEGIN TRANSACTION;

        -- Refreshes wait for each other here. The next part of a backlog, or else a new batch.
        UPDATE [[ name ]]_refresh SET
            batch_id = batch_id + 1,
            event_batch_id = IFF(part < parts, event_batch_id, batch_id + 1),
            parts = IFF(part < parts, parts, 1),
            part = IFF(part < parts, part + 1, 1);
        SELECT batch_id, event_batch_id, parts, part, most_rows
        INTO :batch_id, :event_batch_id, :parts, :part, :most_rows
        FROM [[ name ]]_refresh;

        IF (parts = 1) THEN
            -- The stream is read here and nowhere else: two statements of a transaction may see different committed data (READ COMMITTED).
            INSERT FIRST
                WHEN reject_reasons IS NULL THEN
                    INTO [[ name ]]_event (
                        [[ (key + ['updated_at'] + sequence + ['is_delete'])|columns|fit(24) ]],
                        signature, source_file, source_row, file_modified_at, loaded_at, batch_id,
                        [[ attributes|columns|fit(24) ]]
                    )
                    VALUES (
                        [[ (key + ['updated_at'] + sequence + ['is_delete'])|columns|fit(24) ]],
                        signature, source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        [[ attributes|columns|fit(24) ]]
                    )
                ELSE
                    INTO [[ name ]]_reject (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, batch_id,
                        [[ feed|fit(24) ]]
                    )
                    VALUES (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        [[ texts|fit(24) ]]
                    )
            SELECT
                [[ (key + ['updated_at'] + sequence + ['is_delete'])|columns|fit(16) ]],
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at, :event_batch_id AS event_batch_id,
                [[ (landed_texts + attributes|columns)|fit(16) ]]
            FROM v_[[ name ]]_changing_data;
        END IF;

        -- The logs are read back by their batch.
        SELECT COUNT(*), COUNT_IF(is_reject), COUNT(DISTINCT source_file), MAX(loaded_at)
        INTO :rows_landed, :rows_rejected, :files, :last_loaded_at
        FROM (
            SELECT source_file, loaded_at, FALSE AS is_reject FROM [[ name ]]_event WHERE batch_id = :event_batch_id
            UNION ALL
            SELECT source_file, loaded_at, TRUE AS is_reject FROM [[ name ]]_reject WHERE batch_id = :event_batch_id
        ) AS landed;

        IF (parts = 1 AND rows_landed = 0) THEN
            -- COMMIT, so that the stream moves on: SYSTEM$STREAM_HAS_DATA may be wrong in this direction, and would call again and again.
            COMMIT;
            RETURN done;
        END IF;

        IF (parts = 1 AND rows_landed > most_rows) THEN
            UPDATE [[ name ]]_refresh SET part = 0, parts = CEIL(:rows_landed / most_rows);
            INSERT INTO [[ name ]]_backlog (event_batch_id, parts) SELECT event_batch_id, parts FROM [[ name ]]_refresh;
            COMMIT;
            CONTINUE;
        END IF;

        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO [[ name ]]_work_key (
            [[ (key + work_key)|columns|fit(12) ]],
            [[ attributes|columns|fit(12) ]]
        )
        WITH touched AS (
            SELECT [[ key|columns|fit(12) ]], MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events
            FROM [[ name ]]_event
            WHERE batch_id = :event_batch_id
                AND (:parts = 1 OR MOD([[ hash() ]], :parts) = :part - 1)
            GROUP BY [[ key|columns|fit(12) ]]
        ),

        known AS (
            SELECT * FROM [[ name ]]_state
            WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(16) ]] FROM touched)
        )

        SELECT
            [[ key|columns('t')|fit(12) ]], t.horizon, [[ 't.horizon, ' if not anchored ]]GREATEST(t.last_event_at, COALESCE(s.last_event_at, t.last_event_at)), t.events,
            COALESCE(t.horizon <= s.last_event_at, FALSE), IFF(s.valid_from < t.horizon, s.signature, NULL),
            s.valid_from, s.source_file, s.source_row[[ ', s.is_told' if lasting ]],
            [[ attributes|columns('s')|fit(12) ]]
        FROM touched AS t
        LEFT JOIN known AS s ON [[ same('t', 's') ]];

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late), MIN(horizon), IFF(COUNT_IF(is_late) > 0, 0, :event_batch_id)
        INTO :keys_touched, :events_accepted, :keys_late, :least_horizon, :first_batch_id
        FROM [[ name ]]_work_key;

[% if anchored %]
[% include "_late_by_anchor.sql" %]

[% include "_timeline.sql" %]

        -- Closed versions: the anchor of each key that changes, and what the timeline itself begins and ends. No timeline begins before its horizon:
        -- said in the join too, as DuckDB joins by a key alone through an array that spans all keys (decision 0004).
        INSERT INTO [[ name ]]_closed (
            [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        )
        SELECT
            [[ (key|columns('k') + ['k.valid_from', 't.valid_from', 'k.source_file', 'k.source_row'])|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns('k')|fit(12) ]]
[% endif %]
        FROM [[ name ]]_work_key AS k
        INNER JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]] AND t.valid_from >= k.horizon
        WHERE k.signature IS NOT NULL AND t.is_first
        UNION ALL
[% else %]
[% include "_late_by_version.sql" %]

[% include "_timeline_with_updates.sql" %]

[% if history %]
        -- Closed versions: each entry of a timeline but the last, the one that was open before among them.
        INSERT INTO [[ name ]]_closed (
            [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        )
[% endif %]
[% endif %]
[% if history %]
        SELECT
            [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns|fit(12) ]][[ ',' if own ]]
[% if own %]
            [[ own|columns|fit(12) ]]
[% endif %]
        FROM [[ name ]]_work_timeline
        WHERE valid_to IS NOT NULL AND signature IS NOT NULL;
        versions_closed := SQLROWCOUNT;

[% endif %]
[% if lasting %]
        -- What holds in all versions of a key, from the state after the last event of a time. Of a key in order the batch tells it,
        -- of a late one the whole log.
        INSERT OVERWRITE INTO [[ name ]]_work_lasting ([[ (key + ['is_told'] + lasting)|columns|fit(12) ]])
        WITH counting AS (
            SELECT
                [[ (key|columns('e') + ['e.updated_at', 'e.signature'])|fit(16) ]],
                [[ lasting|columns('e')|fit(16) ]]
            FROM [[ name ]]_event AS e
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]]
            WHERE e.batch_id >= :first_batch_id AND (e.batch_id = :event_batch_id OR k.is_late)
            QUALIFY
                LEAD(e.updated_at) OVER (
                    PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY [[ order('e')|fit(20) ]]
                ) IS DISTINCT FROM e.updated_at
        )

        SELECT
            [[ key|columns|fit(12) ]], TRUE,
[% for attribute in lasting %]
            [[ 'FIRST_VALUE' if attribute.change == 'keep' else 'LAST_VALUE' ]]([[ attribute.name ]]) OVER (
                PARTITION BY [[ key|columns|fit(16) ]] ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )[[ comma(loop) ]]
[% endfor %]
        FROM counting
        WHERE signature IS NOT NULL
        QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(12) ]] ORDER BY updated_at) = 1;

[% endif %]
        -- Delete and insert, not MERGE: in DuckDB an UPDATE of wide rows is many times dearer; on Snowflake either rewrites the same micro-partitions
        -- (decision 0004).
        DELETE FROM [[ name ]]_state
        WHERE [[ key|tuple ]] IN (SELECT [[ key|columns|fit(12) ]] FROM [[ name ]]_work_key);

        -- The last entry of each timeline; where there is none, the anchor is what holds.
        INSERT INTO [[ name ]]_state (
            [[ (key + state)|columns|fit(12) ]],
            [[ attributes|columns|fit(12) ]]
        )
        SELECT
            [[ (key|columns('t') + ['k.last_event_at', 't.signature', 't.valid_from', 't.source_file', 't.source_row'])|fit(12) ]],
[% if lasting %]
            IFF(k.is_late, FALSE, COALESCE(k.is_told, FALSE)) OR COALESCE(l.is_told, FALSE),
            [[ attributes|lasting_or('t')|fit(12) ]]
[% else %]
            [[ attributes|columns('t')|fit(12) ]]
[% endif %]
        FROM [[ name ]]_work_timeline AS t
        INNER JOIN [[ name ]]_work_key AS k ON [[ same('t', 'k') ]] AND [[ 't.valid_from >= k.horizon' if anchored else 't.valid_from <= k.last_event_at' ]]
[% if lasting %]
        LEFT JOIN [[ name ]]_work_lasting AS l ON [[ same('t', 'l') ]]
[% endif %]
        WHERE t.valid_to IS NULL
        UNION ALL
        SELECT
            [[ (key|columns('k') + ['k.last_event_at', 'k.signature', 'k.valid_from', 'k.source_file', 'k.source_row'])|fit(12) ]],
[% if lasting %]
            IFF(k.is_late, FALSE, COALESCE(k.is_told, FALSE)) OR COALESCE(l.is_told, FALSE),
            [[ attributes|lasting_or('k')|fit(12) ]]
[% else %]
            [[ attributes|columns('k')|fit(12) ]]
[% endif %]
        FROM [[ name ]]_work_key AS k
        LEFT JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]]
[% if lasting %]
        LEFT JOIN [[ name ]]_work_lasting AS l ON [[ same('k', 'l') ]]
[% endif %]
        WHERE t.[[ key[0].name ]] IS NULL;

        IF (part > 1) THEN
            -- Files and rejects belong to no key, and count with the first part.
            files := 0;
            rows_rejected := 0;
        END IF;
        INSERT INTO [[ name ]]_batch (
            batch_id, started_at, finished_at, files, rows_landed, events_accepted, rows_rejected, keys_touched, keys_late,
            versions_closed, versions_opened, last_loaded_at
        )
        SELECT
            :batch_id, :started_at, SYSDATE(), :files, :events_accepted + :rows_rejected, :events_accepted, :rows_rejected, :keys_touched, :keys_late,
            [[ ':versions_closed' if history else '0' ]], COUNT_IF(valid_to IS NULL AND signature IS NOT NULL[[ ' AND NOT is_first' if not anchored ]]), IFF(:part = :parts, :last_loaded_at, NULL)
        FROM [[ name ]]_work_timeline;

        done := 'batch ' || batch_id || ': events ' || events_accepted || ', rejected ' || rows_rejected || ', keys touched ' || keys_touched
            || ', late ' || keys_late[[ " || ', versions closed ' || versions_closed" if history ]];
        IF (parts = 1) THEN
            COMMIT;
            RETURN done;
        END IF;
        IF (part = parts) THEN
            -- Reading its stream moves that on: nothing is left to wake the task for.
            DELETE FROM [[ name ]]_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM [[ name ]]_backlog_left AS b);
        END IF;
        COMMIT;
    END LOOP;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
