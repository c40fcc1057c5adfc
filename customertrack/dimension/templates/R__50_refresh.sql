-- The refresh: everything pending in the stream into [[ name ]]_event, and from there into [[ states_written ]] and [[ closed_written ]], which [[ name ]] and
-- [[ name ]]_history show. One transaction, as a rule; more rows than [[ name ]]_refresh allows are a backlog, applied in parts, a transaction each.
--
-- The rule it keeps (semantics, "The one rule"): both tables are a pure function of the set of accepted events. Words:
--   horizon    the least updated_at that this batch brings for a key
--   late       at or before the last event already applied to its key (a tie counts: it may supersede that event, or its place in the file order)
[% if anchored %]
--   anchor     the version in effect just before the horizon: the open one, unless the key is late
--   timeline   what changes for a key from the horizon on, no-ops dropped, each until the next one
-- For every key the anchor ends where the timeline begins. Of a key in order the timeline is made of what the batch brings, and nothing else changes; of
-- a late one it is made of all its events from the horizon on, and what was derived from them before is [[ 'superseded' if merged else 'deleted' ]].
-- Worked example, key 1 with Ann at 05, 10, 15 and Carl at 20 applied, then Bob at 12 lands: horizon 12, late. Anchor: Ann [05, 20), which is [[ 'superseded' if merged else 'deleted' ]].
-- Timeline: Bob 12, Ann 15, Carl 20. Closed: Ann [05, 12), Bob [12, 15), Ann [15, 20). State: Carl since 20.
[% else %]
--   timeline   the versions of a key from the begin of the one in effect just before the horizon on, each until the next one
-- Of a key in order that version is the open one, and what the batch brings goes behind it. Of a late key it is derived again, and all that follows it, from
-- the log: what a stored version shows[% if updated %] of [[ updated|columns|fit_comment(0, 39) ]][% endif %]

-- may come from after the horizon. What was derived from there on before is [[ 'superseded' if merged else 'deleted' ]].
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
    derivation VARCHAR;
    derived_as VARCHAR;
    rows_landed INTEGER;
[% if snapshots %]
    rows_of_files INTEGER;
[% endif %]
    rows_rejected INTEGER;
    events_accepted INTEGER;
[% if truncates %]
    truncates INTEGER;
[% endif %]
[% if ignores %]
    rows_ignored INTEGER;
[% endif %]
[% if changing %]
    keys_changed INTEGER;
[% endif %]
    files INTEGER;
    last_loaded_at TIMESTAMP_NTZ;
    keys_touched INTEGER;
    keys_late INTEGER;
[% if history %]
    keys_absent INTEGER;
[% endif %]
    least_horizon TIMESTAMP_NTZ;
    first_batch_id INTEGER;
    versions_closed INTEGER;
[% if merged %]
    appends BOOLEAN;
[% endif %]
    done VARCHAR DEFAULT 'nothing pending';
BEGIN
    LOOP
        started_at := SYSDATE();
        BEGIN TRANSACTION;

        -- Refreshes wait for each other here, and pass the gate. The next part of a backlog, or else a new batch.
        UPDATE [[ name ]]_refresh SET
            batch_id = batch_id + 1,
            event_batch_id = IFF(part < parts, event_batch_id, batch_id + 1),
            parts = IFF(part < parts, parts, 1),
            part = IFF(part < parts, part + 1, 1);
        SELECT batch_id, event_batch_id, parts, part, most_rows, derivation, derived_as[[ ', appends' if merged ]]
        INTO :batch_id, :event_batch_id, :parts, :part, :most_rows, :derivation, :derived_as[[ ', :appends' if merged ]]
        FROM [[ name ]]_refresh[[ ' CROSS JOIN ' + name + '_compaction' if merged ]];
[% if merged %]
        IF (NOT appends) THEN
            -- The layout is being changed, and the procedure that follows this one is on its way.
            ROLLBACK;
            RETURN 'the layout is being changed';
        END IF;
[% endif %]
        IF (derivation <> '[[ derivation ]]' OR derived_as <> derivation) THEN
            -- Never on from tables that another definition has made, nor with a view of one that is on its way.
            ROLLBACK;
            CALL pdr_rebuild_[[ name ]]();
            RETURN 'derived again';
        END IF;

        IF (parts = 1) THEN
[% if snapshots %]
            CALL pdr_apply_snapshots_[[ name ]](:event_batch_id);
[% else %]
            -- The stream is read here and nowhere else: two statements of a transaction may see different committed data (READ COMMITTED).
[% include "_into_logs.sql" %]
[% endif %]
        END IF;

        -- The logs are read back by their batch.
        SELECT COUNT(*), COUNT_IF(is_reject), COUNT(DISTINCT source_file), MAX(loaded_at)[[ ', COUNT_IF(is_truncate)' if truncates ]][[ ', COUNT_IF(is_end)' if changing ]][[ ', COUNT_IF(is_ignored)' if ignores ]]
        INTO :rows_landed, :rows_rejected, :files, :last_loaded_at[[ ', :truncates' if truncates ]][[ ', :keys_changed' if changing ]][[ ', :rows_ignored' if ignores ]]
        FROM (
[% if changing %]
            -- Of the row that changes a key the end of the old one is part 0; of a backlog, those that this part applies.
            SELECT
                source_file, loaded_at, FALSE AS is_reject,[[ ' FALSE AS is_truncate,' if truncates ]]
                part IS NOT DISTINCT FROM 0
                AND (:parts = 1 OR MOD([[ hash() ]], :parts) = :part - 1) AS is_end[[ ', FALSE AS is_ignored' if ignores ]]
            FROM [[ name ]]_event
            WHERE batch_id = :event_batch_id
[% else %]
            SELECT source_file, loaded_at, FALSE AS is_reject[[ ', FALSE AS is_truncate' if truncates ]][[ ', FALSE AS is_ignored' if ignores ]] FROM [[ name ]]_event WHERE batch_id = :event_batch_id
[% endif %]
            UNION ALL
            SELECT source_file, loaded_at, TRUE AS is_reject[[ ', FALSE AS is_truncate' if truncates ]][[ ', FALSE AS is_end' if changing ]][[ ', FALSE AS is_ignored' if ignores ]] FROM [[ name ]]_reject WHERE batch_id = :event_batch_id
[% if truncates %]
            UNION ALL
            SELECT source_file, loaded_at, FALSE AS is_reject, TRUE AS is_truncate[[ ', FALSE AS is_end' if changing ]][[ ', FALSE AS is_ignored' if ignores ]] FROM [[ name ]]_barrier WHERE batch_id = :event_batch_id
[% endif %]
[% if ignores %]
            UNION ALL
            SELECT source_file, loaded_at, FALSE AS is_reject[[ ', FALSE AS is_truncate' if truncates ]][[ ', FALSE AS is_end' if changing ]], TRUE AS is_ignored FROM [[ name ]]_ignored WHERE batch_id = :event_batch_id
[% endif %]
        ) AS landed;

[% if snapshots %]
        SELECT COUNT(*), COALESCE(SUM(s.rows_landed), 0), MAX(s.loaded_at) INTO :files, :rows_of_files, :last_loaded_at
        FROM [[ name ]]_snapshot AS s
        WHERE s.batch_id = :event_batch_id;

[% endif %]
        IF (parts = 1 AND [[ 'files' if snapshots else 'rows_landed' ]] = 0) THEN
            -- COMMIT, so that the stream moves on: SYSTEM$STREAM_HAS_DATA may be wrong in this direction, and would call again and again.
            COMMIT;
            RETURN done;
        END IF;

        IF (parts = 1 AND rows_landed > most_rows) THEN
            -- Two at least: a quotient has six digits behind the point (docs.snowflake.com, "Arithmetic operators"), and of one row too many it is 1. A backlog
            -- of one part would be taken for the next batch, and put off again, for ever.
            UPDATE [[ name ]]_refresh SET part = 0, parts = GREATEST(2, CEIL(:rows_landed / most_rows));
            INSERT INTO [[ name ]]_backlog (event_batch_id, parts) SELECT event_batch_id, parts FROM [[ name ]]_refresh;
            COMMIT;
            CONTINUE;
        END IF;

[% set rebuilding = false %]
[% if truncates %]
[% set source %]
(
                SELECT
                    [[ event|columns|fit(20) ]]
                FROM [[ name ]]_event
                UNION ALL
                -- A truncate is a delete of each key.
                SELECT
                    [[ event|of_barrier('b', key, 'w', sequence)|fit(20) ]]
                FROM [[ name ]]_barrier AS b
                CROSS JOIN [[ name ]]_work_key AS w
            )
[%- endset %]
[% else %]
[% set source = 'v_' + name + '_event_standing' if snapshots else name + '_event' %]
[% endif %]
[% set touching = name + '_event' if snapshots else '' %]
[% set of_touching = '((e.batch_id = :event_batch_id AND e.replaced_at IS NULL) OR (e.replaced_batch_id = :event_batch_id AND e.batch_id < :event_batch_id))' if snapshots else '' %]
[% set events = 'COUNT_IF(e.replaced_at IS NULL)' if snapshots else '' %]
[% set of_batch = 'e.batch_id = :event_batch_id' %]
[% set of_events = 'e.batch_id >= :first_batch_id AND e.updated_at >= :least_horizon' %]
[% set of_log = 'e.batch_id >= :first_batch_id AND (e.batch_id = :event_batch_id OR k.is_late)' %]
[% include "_touched_keys.sql" %]

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late), MIN(horizon), IFF(COUNT_IF(is_late) > 0, 0, :event_batch_id)
        INTO :keys_touched, :events_accepted, :keys_late, :least_horizon, :first_batch_id
        FROM [[ name ]]_work_key;

[% if anchored %]
[% include "_late_by_anchor.sql" %]

[% include "_timeline.sql" %]
[% else %]
[% include "_late_by_version.sql" %]

[% include "_timeline_with_updates.sql" %]
[% endif %]

[% if history %]
[% include "_absent.sql" %]

[% include "_closed.sql" %]

[% endif %]
[% if lasting %]
[% include "_lasting.sql" %]

[% endif %]
[% include "_state.sql" %]

[% if changing %]
        -- From here on rows are counted: each of these is another event of a row that is one already.
        events_accepted := events_accepted - keys_changed;
[% endif %]
        IF (part > 1) THEN
            -- Files[[ ', truncates' if truncates ]][[ ', what is ignored' if ignores ]] and rejects belong to no key, and count with the first part.
            files := 0;
            rows_rejected := 0;
[% if truncates %]
            truncates := 0;
[% endif %]
[% if ignores %]
            rows_ignored := 0;
[% endif %]
[% if snapshots %]
            rows_of_files := 0;
[% endif %]
        END IF;
        INSERT INTO [[ name ]]_batch (
            batch_id, started_at, finished_at, files, rows_landed, events_accepted, rows_rejected, keys_touched, keys_late,
            versions_closed, versions_opened, last_loaded_at[[ ', truncates' if truncates ]][[ ', rows_ignored' if ignores ]]
        )
        SELECT
            :batch_id, :started_at, SYSDATE(), :files, [[ ':rows_of_files' if snapshots else ':events_accepted + :rows_rejected' ]][[ ' + :truncates' if truncates ]][[ ' + :rows_ignored' if ignores ]],[[ '\n            ' if truncates or ignores else ' ' ]]:events_accepted, :rows_rejected, :keys_touched, :keys_late,
            [[ ':versions_closed' if history else '0' ]], COUNT_IF(valid_to IS NULL AND signature IS NOT NULL[[ ' AND NOT is_first' if not anchored ]]), IFF(:part = :parts, :last_loaded_at, NULL)[[ ', :truncates' if truncates ]][[ ', :rows_ignored' if ignores ]]
        FROM [[ name ]]_work_timeline;

        done := 'batch ' || batch_id || ': events ' || events_accepted || ', rejected ' || rows_rejected[[ "\n            || ', truncates ' || truncates" if truncates ]][[ "\n            || ', ignored ' || rows_ignored" if ignores ]] || ', keys touched ' || keys_touched
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
[% if storage and not merged %]

-- What the other layout had, if there was one: it is empty (R__13), and nobody asks for it any more.
DROP TABLE IF EXISTS [[ name ]]_recent;
[% if history %]
DROP TABLE IF EXISTS [[ name ]]_recent_closed;
DROP TABLE IF EXISTS [[ name ]]_superseded;
[% endif %]
DROP TABLE IF EXISTS [[ name ]]_compaction;
[% endif %]
