-- The refresh: everything pending in the stream into customer_event, and from there into customer_state and customer_closed, which customer and
-- customer_history show. One transaction, as a rule; more rows than customer_refresh allows are a backlog, applied in parts, a transaction each.
--
-- The rule it keeps (semantics, "The one rule"): both tables are a pure function of the set of accepted events. Words:
--   horizon    the least updated_at that this batch brings for a key
--   late       at or before the last event already applied to its key (a tie counts: it may supersede that event, or its place in the file order)
--   anchor     the version in effect just before the horizon: the open one, unless the key is late
--   timeline   what changes for a key from the horizon on, no-ops dropped, each until the next one
-- For every key the anchor ends where the timeline begins. Of a key in order the timeline is made of what the batch brings, and nothing else changes; of
-- a late one it is made of all its events from the horizon on, and what was derived from them before is deleted.
-- Worked example, key 1 with Ann at 05, 10, 15 and Carl at 20 applied, then Bob at 12 lands: horizon 12, late. Anchor: Ann [05, 20), which is deleted.
-- Timeline: Bob 12, Ann 15, Carl 20. Closed: Ann [05, 12), Bob [12, 15), Ann [15, 20). State: Carl since 20.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_pipeline_scd2_customer()
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
    rows_rejected INTEGER;
    events_accepted INTEGER;
    files INTEGER;
    last_loaded_at TIMESTAMP_NTZ;
    keys_touched INTEGER;
    keys_late INTEGER;
    keys_absent INTEGER;
    least_horizon TIMESTAMP_NTZ;
    first_batch_id INTEGER;
    versions_closed INTEGER;
    done VARCHAR DEFAULT 'nothing pending';
BEGIN
    LOOP
        started_at := SYSDATE();
        BEGIN TRANSACTION;

        -- Refreshes wait for each other here, and pass the gate. The next part of a backlog, or else a new batch.
        UPDATE customer_refresh SET
            batch_id = batch_id + 1,
            event_batch_id = IFF(part < parts, event_batch_id, batch_id + 1),
            parts = IFF(part < parts, parts, 1),
            part = IFF(part < parts, part + 1, 1);
        SELECT batch_id, event_batch_id, parts, part, most_rows, derivation, derived_as
        INTO :batch_id, :event_batch_id, :parts, :part, :most_rows, :derivation, :derived_as
        FROM customer_refresh;
        IF (derivation <> '953f1c026603' OR derived_as <> derivation) THEN
            -- Never on from tables that another definition has made, nor with a view of one that is on its way.
            ROLLBACK;
            CALL pdr_rebuild_customer();
            RETURN 'derived again';
        END IF;

        IF (parts = 1) THEN
            -- The stream is read here and nowhere else: two statements of a transaction may see different committed data (READ COMMITTED).
            INSERT FIRST
                WHEN reject_reasons IS NULL THEN
                    INTO customer_event (
                        customer_id, updated_at, is_delete,
                        source_file, source_row, file_modified_at, loaded_at, batch_id,
                        first_name, last_name, email, street, city, state, country
                    )
                    VALUES (
                        customer_id, updated_at, is_delete,
                        source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        first_name, last_name, email, street, city, state, country
                    )
                ELSE
                    INTO customer_reject (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, batch_id,
                        customer_id, updated_at, op, first_name, last_name, email, street, city, state, country
                    )
                    VALUES (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        customer_id_text, updated_at_text, op_text, _landed_first_name, _landed_last_name, _landed_email, _landed_street,
                        _landed_city, _landed_state, _landed_country
                    )
            SELECT
                customer_id, updated_at, is_delete,
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, :event_batch_id AS event_batch_id,
                customer_id_text, updated_at_text, op_text, _landed_first_name, _landed_last_name, _landed_email, _landed_street, _landed_city,
                _landed_state, _landed_country, first_name, last_name, email, street, city, state, country
            FROM v_customer_changing_data;
        END IF;

        -- The logs are read back by their batch.
        SELECT COUNT(*), COUNT_IF(is_reject), COUNT(DISTINCT source_file), MAX(loaded_at)
        INTO :rows_landed, :rows_rejected, :files, :last_loaded_at
        FROM (
            SELECT source_file, loaded_at, FALSE AS is_reject FROM customer_event WHERE batch_id = :event_batch_id
            UNION ALL
            SELECT source_file, loaded_at, TRUE AS is_reject FROM customer_reject WHERE batch_id = :event_batch_id
        ) AS landed;

        IF (parts = 1 AND rows_landed = 0) THEN
            -- COMMIT, so that the stream moves on: SYSTEM$STREAM_HAS_DATA may be wrong in this direction, and would call again and again.
            COMMIT;
            RETURN done;
        END IF;

        IF (parts = 1 AND rows_landed > most_rows) THEN
            -- Two at least: a quotient has six digits behind the point (docs.snowflake.com, "Arithmetic operators"), and of one row too many it is 1. A backlog
            -- of one part would be taken for the next batch, and put off again, for ever.
            UPDATE customer_refresh SET part = 0, parts = GREATEST(2, CEIL(:rows_landed / most_rows));
            INSERT INTO customer_backlog (event_batch_id, parts) SELECT event_batch_id, parts FROM customer_refresh;
            COMMIT;
            CONTINUE;
        END IF;

        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO customer_work_key (
            customer_id, horizon, last_event_at, events, is_late, signature, valid_from, source_file, source_row,
            first_name, last_name, email, street, city, state, country
        )
        WITH touched AS (
            SELECT customer_id, MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events
            FROM customer_event AS e
            WHERE e.batch_id = :event_batch_id
                AND (:parts = 1 OR MOD(MD5_NUMBER_LOWER64(customer_id::VARCHAR), :parts) = :part - 1)
            GROUP BY customer_id
        ),

        known AS (
            SELECT * FROM customer_state
            WHERE customer_id IN (SELECT customer_id FROM touched)
        )

        SELECT
            t.customer_id, t.horizon, GREATEST(t.last_event_at, COALESCE(s.last_event_at, t.last_event_at)), t.events,
            COALESCE(t.horizon <= s.last_event_at, FALSE), IFF(s.valid_from < t.horizon, s.signature, NULL),
            s.valid_from, s.source_file, s.source_row,
            s.first_name, s.last_name, s.email, s.street, s.city, s.state, s.country
        FROM touched AS t
        LEFT JOIN known AS s ON t.customer_id = s.customer_id;

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late), MIN(horizon), IFF(COUNT_IF(is_late) > 0, 0, :event_batch_id)
        INTO :keys_touched, :events_accepted, :keys_late, :least_horizon, :first_batch_id
        FROM customer_work_key;

        IF (keys_late > 0) THEN
            -- Where the state began too late, the anchor is a closed version, or none. Written anew, and not by UPDATE: see decision 0004.
            INSERT OVERWRITE INTO customer_work_key (
                customer_id, horizon, last_event_at, events, is_late, signature, valid_from, source_file, source_row,
                first_name, last_name, email, street, city, state, country
            )
            SELECT
                customer_id, horizon, last_event_at, events, is_late, signature, valid_from, source_file, source_row,
                first_name, last_name, email, street, city, state, country
            FROM customer_work_key
            WHERE NOT is_late OR valid_from < horizon
            UNION ALL
            SELECT
                k.customer_id, k.horizon, k.last_event_at, k.events, k.is_late,
                IFF(h.valid_from IS NULL, NULL, customer_signature(h.first_name, h.last_name, h.email, h.street, h.city, h.state, h.country)),
                h.valid_from, h.source_file, h.source_row,
                h.first_name, h.last_name, h.email, h.street, h.city, h.state, h.country
            FROM customer_work_key AS k
            LEFT JOIN customer_closed AS h
                ON k.customer_id = h.customer_id
                AND h.valid_from < k.horizon AND h.valid_to >= k.horizon AND h.valid_to >= :least_horizon
            WHERE k.is_late AND (k.valid_from >= k.horizon OR k.valid_from IS NULL);

            DELETE FROM customer_closed USING customer_work_key AS k
            WHERE
                k.is_late
                AND customer_closed.customer_id = k.customer_id
                AND customer_closed.valid_to >= k.horizon
                AND customer_closed.valid_to >= :least_horizon;
        END IF;

        -- IS DISTINCT FROM: NULL is a state too, absent, and a delete of an absent key is a no-op like any other.
        IF (keys_late = 0 AND keys_touched = events_accepted) THEN
            -- One event of each key, and nothing to be compared with but the anchor: no window function.
            INSERT OVERWRITE INTO customer_work_timeline (
                customer_id, valid_from, valid_to, is_first, signature, source_file, source_row,
                first_name, last_name, email, street, city, state, country
            )
            SELECT
                e.customer_id, e.updated_at, NULL, TRUE, e.signature, e.source_file, e.source_row,
                e.first_name, e.last_name, e.email, e.street, e.city, e.state, e.country
            FROM (
                SELECT e.*, IFF(e.is_delete, NULL, customer_signature(e.first_name, e.last_name, e.email, e.street, e.city, e.state, e.country)) AS signature
                FROM customer_event AS e
                WHERE e.batch_id = :event_batch_id
            ) AS e
            INNER JOIN customer_work_key AS k ON e.customer_id = k.customer_id
            WHERE e.signature IS DISTINCT FROM k.signature;
        ELSE
            -- Events from the horizon on: those of the batch, of a late key the older ones too. Of several with one time the last by file and row
            -- counts. The constants let the engine leave out all older partitions of the log.
            INSERT OVERWRITE INTO customer_work_timeline (
                customer_id, valid_from, valid_to, is_first, signature, source_file, source_row,
                first_name, last_name, email, street, city, state, country
            )
            WITH signed AS (
                SELECT
                    e.customer_id, e.updated_at, e.source_file, e.source_row, e.loaded_at,
                    IFF(e.is_delete, NULL, customer_signature(e.first_name, e.last_name, e.email, e.street, e.city, e.state, e.country)) AS signature,
                    e.first_name, e.last_name, e.email, e.street, e.city, e.state, e.country,
                    k.signature AS anchor
                FROM customer_event AS e
                INNER JOIN customer_work_key AS k ON e.customer_id = k.customer_id AND e.updated_at >= k.horizon
                WHERE e.batch_id >= :first_batch_id AND e.updated_at >= :least_horizon
            ),

            counting AS (
                SELECT * FROM signed
                QUALIFY
                    LAG(updated_at) OVER (
                        PARTITION BY customer_id ORDER BY updated_at, source_file DESC, source_row DESC, loaded_at DESC
                    ) IS DISTINCT FROM updated_at
            ),

            change AS (
                SELECT * FROM counting
                QUALIFY signature IS DISTINCT FROM LAG(signature, 1, anchor) OVER (PARTITION BY customer_id ORDER BY updated_at)
            )

            SELECT
                customer_id, updated_at,
                LEAD(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at),
                LAG(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at) IS NULL,
                signature, source_file, source_row,
                first_name, last_name, email, street, city, state, country
            FROM change;
        END IF;

        IF (keys_late > 0) THEN
            -- Absent just before the horizon, and ever since: since when is not told by a state that began later, but by the last version that is left.
            SELECT COUNT(*) INTO :keys_absent
            FROM customer_work_key AS k
            LEFT JOIN customer_work_timeline AS t ON k.customer_id = t.customer_id
            WHERE k.is_late AND k.valid_from IS NULL AND t.customer_id IS NULL;
            IF (keys_absent > 0) THEN
                UPDATE customer_work_key
                SET valid_from = (
                    SELECT MAX(c.valid_to) FROM customer_closed AS c WHERE c.customer_id = customer_work_key.customer_id
                )
                WHERE is_late AND valid_from IS NULL;
            END IF;
        END IF;

        -- Closed versions: the anchor of each key that changes, and what the timeline itself begins and ends. No timeline begins before its horizon:
        -- said in the join too, as DuckDB joins by a key alone through an array that spans all keys (decision 0004).
        INSERT INTO customer_closed (
            customer_id, valid_from, valid_to, source_file, source_row,
            first_name, last_name, email, street, city, state, country
        )
        SELECT
            k.customer_id, k.valid_from, t.valid_from, k.source_file, k.source_row,
            k.first_name, k.last_name, k.email, k.street, k.city, k.state, k.country
        FROM customer_work_key AS k
        INNER JOIN customer_work_timeline AS t ON k.customer_id = t.customer_id AND t.valid_from >= k.horizon
        WHERE k.signature IS NOT NULL AND t.is_first
        UNION ALL
        SELECT
            customer_id, valid_from, valid_to, source_file, source_row,
            first_name, last_name, email, street, city, state, country
        FROM customer_work_timeline
        WHERE valid_to IS NOT NULL AND signature IS NOT NULL;
        versions_closed := SQLROWCOUNT;

        -- Delete and insert, not MERGE: in DuckDB an UPDATE of wide rows is many times dearer; on Snowflake either rewrites the same micro-partitions
        -- (decision 0004).
        DELETE FROM customer_state
        WHERE customer_id IN (SELECT customer_id FROM customer_work_key);

        -- The last entry of each timeline; where there is none, the anchor is what holds.
        INSERT INTO customer_state (
            customer_id, last_event_at, signature, valid_from, source_file, source_row,
            first_name, last_name, email, street, city, state, country
        )
        SELECT
            t.customer_id, k.last_event_at, t.signature, t.valid_from, t.source_file, t.source_row,
            t.first_name, t.last_name, t.email, t.street, t.city, t.state, t.country
        FROM customer_work_timeline AS t
        INNER JOIN customer_work_key AS k ON t.customer_id = k.customer_id AND t.valid_from >= k.horizon
        WHERE t.valid_to IS NULL
        UNION ALL
        SELECT
            k.customer_id, k.last_event_at, k.signature, k.valid_from, k.source_file, k.source_row,
            k.first_name, k.last_name, k.email, k.street, k.city, k.state, k.country
        FROM customer_work_key AS k
        LEFT JOIN customer_work_timeline AS t ON k.customer_id = t.customer_id
        WHERE t.customer_id IS NULL;

        IF (part > 1) THEN
            -- Files and rejects belong to no key, and count with the first part.
            files := 0;
            rows_rejected := 0;
        END IF;
        INSERT INTO customer_batch (
            batch_id, started_at, finished_at, files, rows_landed, events_accepted, rows_rejected, keys_touched, keys_late,
            versions_closed, versions_opened, last_loaded_at
        )
        SELECT
            :batch_id, :started_at, SYSDATE(), :files, :events_accepted + :rows_rejected, :events_accepted, :rows_rejected, :keys_touched, :keys_late,
            :versions_closed, COUNT_IF(valid_to IS NULL AND signature IS NOT NULL), IFF(:part = :parts, :last_loaded_at, NULL)
        FROM customer_work_timeline;

        done := 'batch ' || batch_id || ': events ' || events_accepted || ', rejected ' || rows_rejected || ', keys touched ' || keys_touched
            || ', late ' || keys_late || ', versions closed ' || versions_closed;
        IF (parts = 1) THEN
            COMMIT;
            RETURN done;
        END IF;
        IF (part = parts) THEN
            -- Reading its stream moves that on: nothing is left to wake the task for.
            DELETE FROM customer_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM customer_backlog_left AS b);
        END IF;
        COMMIT;
    END LOOP;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
