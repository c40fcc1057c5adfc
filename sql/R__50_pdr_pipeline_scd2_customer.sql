-- The refresh: everything pending in the stream into customer_event, and from there into customer and customer_history. One transaction, as a rule; more
-- rows than customer_refresh allows are a backlog, which is put aside into customer_pending and applied part by part, each as if it had landed alone.
--
-- The rule it keeps (semantics, "The one rule"): both tables are a pure function of the set of accepted events. Words:
--   horizon    the least updated_at that this batch brings for a key
--   late       at or before the last event already applied to its key (a tie counts: it may supersede that event, or its place in the file order)
--   timeline   the states of a key from the horizon on, no-ops dropped, each until the next one
-- A key in order only gets its open version closed and new ones appended. A late key is derived again from its horizon on, out of customer_event.
-- Worked example, key 1 with Ann at 05, 10, 15 and Carl at 20 applied, then Bob at 12 lands: horizon 12. Ann [05, 20) is the version in effect just
-- before it: deleted, and the start of the new timeline Ann 05, Bob 12, Ann 15, Carl 20; its closed entries are inserted, Carl is the open version again.
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
    most_rows INTEGER;
    part INTEGER;
    last_part INTEGER;
    files INTEGER;
    rows_landed INTEGER;
    rows_rejected INTEGER;
    keys_touched INTEGER;
    last_loaded_at TIMESTAMP_NTZ;
    keys_late INTEGER;
    least_horizon TIMESTAMP_NTZ;
    versions_closed INTEGER;
    versions_opened INTEGER;
    done VARCHAR DEFAULT 'nothing pending';
BEGIN
    LOOP
        started_at := SYSDATE();
        BEGIN TRANSACTION;

        -- Refreshes wait for each other here.
        UPDATE customer_refresh SET batch_id = batch_id + 1;
        SELECT r.batch_id, r.most_rows, p.part, p.last_part
        INTO :batch_id, :most_rows, :part, :last_part
        FROM customer_refresh AS r
        CROSS JOIN (SELECT MIN(part) AS part, MAX(part) AS last_part FROM customer_pending) AS p;

        DELETE FROM customer_work_change;
        DELETE FROM customer_work_key;
        DELETE FROM customer_work_open;
        DELETE FROM customer_work_timeline;

        IF (part IS NULL) THEN
            -- The stream is read here and nowhere else: two statements of a transaction may see different committed data (READ COMMITTED).
            INSERT INTO customer_work_change (
                customer_id, customer_id_text, updated_at, updated_at_text, is_delete, op_text, -- customer: business key
                first_name, last_name, email, street, city, state, country, -- customer: attributes
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at
            )
            SELECT
                customer_id, customer_id_text, updated_at, updated_at_text, is_delete, op_text, -- customer: business key
                first_name, last_name, email, street, city, state, country, -- customer: attributes
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at
            FROM v_customer_changing_data;
        ELSE
            -- What is left of a backlog comes first, also what another run has left.
            INSERT INTO customer_work_change (
                customer_id, customer_id_text, updated_at, updated_at_text, is_delete, op_text, -- customer: business key
                first_name, last_name, email, street, city, state, country, -- customer: attributes
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at
            )
            SELECT
                customer_id, customer_id_text, updated_at, updated_at_text, is_delete, op_text, -- customer: business key
                first_name, last_name, email, street, city, state, country, -- customer: attributes
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at
            FROM customer_pending
            WHERE part = :part;

            IF (part < last_part) THEN
                DELETE FROM customer_pending WHERE part = :part;
            ELSE
                -- Reading its stream moves that on: nothing is left to wake the task for.
                DELETE FROM customer_pending WHERE part IN (SELECT s.part FROM customer_pending_parts AS s);
            END IF;
        END IF;

        SELECT COUNT(*), COUNT(reject_reasons), COUNT(DISTINCT source_file), MAX(loaded_at)
        INTO :rows_landed, :rows_rejected, :files, :last_loaded_at
        FROM customer_work_change;

        IF (rows_landed = 0) THEN
            -- COMMIT, so that the stream moves on: SYSTEM$STREAM_HAS_DATA may be wrong in this direction, and would call again and again.
            COMMIT;
            RETURN done;
        END IF;

        IF (part IS NULL AND rows_landed > most_rows) THEN
            -- In the order in which they landed, so that the parts are what refreshes in time would have been, and last_loaded_at says how far the
            -- tables have come. ORDER BY keeps the rows of a part together, for the scan and the DELETE.
            INSERT INTO customer_pending (
                part,
                customer_id, customer_id_text, updated_at, updated_at_text, is_delete, op_text, -- customer: business key
                first_name, last_name, email, street, city, state, country, -- customer: attributes
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at
            )
            SELECT
                place - MOD(place, :most_rows) AS part,
                customer_id, customer_id_text, updated_at, updated_at_text, is_delete, op_text, -- customer: business key
                first_name, last_name, email, street, city, state, country, -- customer: attributes
                signature, reject_reasons, source_file, source_row, file_modified_at, loaded_at
            FROM (
                SELECT c.*, ROW_NUMBER() OVER (ORDER BY loaded_at, source_file, source_row) - 1 AS place
                FROM customer_work_change AS c
            ) AS numbered
            ORDER BY part;
            COMMIT;
            CONTINUE;
        END IF;

        IF (rows_rejected > 0) THEN
            INSERT INTO customer_reject (
                customer_id, first_name, last_name, email, street, city, state, country, op, updated_at, -- customer: the CSV contract
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, batch_id
            )
            SELECT
                customer_id_text, first_name, last_name, email, street, city, state, country, op_text, updated_at_text, -- customer: the CSV contract
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, :batch_id
            FROM customer_work_change
            WHERE reject_reasons IS NOT NULL;

            DELETE FROM customer_work_change WHERE reject_reasons IS NOT NULL;
        END IF;

        INSERT INTO customer_event (
            customer_id, updated_at, is_delete, -- customer: business key
            first_name, last_name, email, street, city, state, country, -- customer: attributes
            signature, source_file, source_row, file_modified_at, loaded_at, batch_id
        )
        SELECT
            customer_id, updated_at, is_delete, -- customer: business key
            first_name, last_name, email, street, city, state, country, -- customer: attributes
            signature, source_file, source_row, file_modified_at, loaded_at, :batch_id
        FROM customer_work_change;

        INSERT INTO customer_work_key (customer_id, horizon, last_event_at, signature_before, events, is_late) -- customer: business key
        SELECT
            c.customer_id, -- customer: business key
            c.horizon,
            GREATEST(c.last_event_at, COALESCE(k.last_event_at, c.last_event_at)) AS last_event_at,
            k.signature AS signature_before,
            c.events,
            COALESCE(c.horizon <= k.last_event_at, FALSE) AS is_late
        FROM (
            SELECT customer_id, MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events -- customer: business key
            FROM customer_work_change
            GROUP BY customer_id -- customer: business key
        ) AS c
        LEFT JOIN customer_key AS k ON c.customer_id = k.customer_id; -- customer: business key
        keys_touched := SQLROWCOUNT;

        -- As a constant, the least horizon lets the engine leave out all older partitions of the large tables.
        SELECT COUNT(*), MIN(horizon) INTO :keys_late, :least_horizon FROM customer_work_key WHERE is_late;

        -- customer is large and wide, and is read here and nowhere else. By IN, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake
        -- reads the micro-partitions that may have such keys, as for a join.
        INSERT INTO customer_work_open (
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            valid_from, source_file, source_row
        )
        SELECT
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            update_timestamp, source_file, source_row
        FROM customer
        WHERE customer_id IN (SELECT customer_id FROM customer_work_key); -- customer: business key

        -- The timeline of the keys in order: what the batch brings, after the state that customer_key remembers. IS DISTINCT FROM: NULL is a state too,
        -- absent, and a delete of an absent key is a no-op like any other. Most keys have one event, and nothing to be compared with but that state.
        INSERT INTO customer_work_timeline (
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            valid_from, valid_to, signature, source_file, source_row
        )
        SELECT
            c.customer_id, c.first_name, c.last_name, c.email, c.street, c.city, c.state, c.country, -- customer: business key and attributes
            c.updated_at AS valid_from, NULL AS valid_to, c.signature, c.source_file, c.source_row
        FROM customer_work_change AS c
        INNER JOIN customer_work_key AS k ON c.customer_id = k.customer_id -- customer: business key
        WHERE k.events = 1 AND NOT k.is_late AND c.signature IS DISTINCT FROM k.signature_before;

        IF (keys_touched < rows_landed - rows_rejected) THEN
            INSERT INTO customer_work_timeline (
                customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
                valid_from, valid_to, signature, source_file, source_row
            )
            WITH counting AS (
                -- Of several events with one updated_at the last by file and row counts.
                SELECT c.*, k.signature_before AS signature_before_batch
                FROM customer_work_change AS c
                INNER JOIN customer_work_key AS k ON c.customer_id = k.customer_id -- customer: business key
                WHERE k.events > 1 AND NOT k.is_late
                QUALIFY
                    LEAD(c.updated_at) OVER (PARTITION BY c.customer_id ORDER BY c.updated_at, c.source_file, c.source_row) -- customer: business key
                    IS DISTINCT FROM c.updated_at
            ),

            change AS (
                SELECT counting.*
                FROM counting
                QUALIFY
                    signature IS DISTINCT FROM IFF(
                        LAG(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at) IS NULL, -- customer: business key
                        signature_before_batch,
                        LAG(signature) OVER (PARTITION BY customer_id ORDER BY updated_at) -- customer: business key
                    )
            )

            SELECT
                customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
                updated_at AS valid_from,
                LEAD(updated_at) OVER (PARTITION BY customer_id ORDER BY updated_at) AS valid_to, -- customer: business key
                signature, source_file, source_row
            FROM change;
        END IF;

        IF (keys_late > 0) THEN
            INSERT INTO customer_work_timeline (
                customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
                valid_from, valid_to, signature, source_file, source_row
            )
            WITH counting AS (
                SELECT e.*
                FROM customer_event AS e
                INNER JOIN customer_work_key AS k ON e.customer_id = k.customer_id AND e.updated_at >= k.horizon -- customer: business key
                WHERE k.is_late AND e.updated_at >= :least_horizon
                QUALIFY ROW_NUMBER() OVER (PARTITION BY e.customer_id, e.updated_at ORDER BY e.source_file DESC, e.source_row DESC) = 1 -- customer: business key
            ),

            anchor AS (
                -- The version in effect just before the horizon, open or closed.
                SELECT o.*
                FROM customer_work_open AS o
                INNER JOIN customer_work_key AS k ON o.customer_id = k.customer_id AND o.valid_from < k.horizon -- customer: business key
                WHERE k.is_late
                UNION ALL
                SELECT
                    h.customer_id, h.first_name, h.last_name, h.email, h.street, h.city, h.state, h.country, -- customer: business key and attributes
                    h.valid_from, h.source_file, h.source_row
                FROM customer_closed AS h
                INNER JOIN customer_work_key AS k ON h.customer_id = k.customer_id AND h.valid_from < k.horizon AND h.valid_to >= k.horizon -- customer: business key
                WHERE k.is_late AND h.valid_to >= :least_horizon
            ),

            entry AS (
                SELECT
                    customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
                    updated_at AS valid_from, signature, source_file, source_row
                FROM counting
                UNION ALL
                SELECT
                    customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
                    valid_from, customer_signature(first_name, last_name, email, street, city, state, country) AS signature, -- customer: attributes
                    source_file, source_row
                FROM anchor
            ),

            change AS (
                SELECT entry.*
                FROM entry
                QUALIFY signature IS DISTINCT FROM LAG(signature) OVER (PARTITION BY customer_id ORDER BY valid_from) -- customer: business key
            )

            SELECT
                customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
                valid_from,
                LEAD(valid_from) OVER (PARTITION BY customer_id ORDER BY valid_from) AS valid_to, -- customer: business key
                signature, source_file, source_row
            FROM change;

            -- What ends at or after the horizon, the anchor included, is in the new timeline; so is the open version, which is therefore not closed below.
            DELETE FROM customer_closed USING customer_work_key AS k
            WHERE
                k.is_late
                AND customer_closed.customer_id = k.customer_id -- customer: business key
                AND customer_closed.valid_to >= k.horizon
                AND customer_closed.valid_to >= :least_horizon;

            DELETE FROM customer_work_open
            WHERE customer_id IN (SELECT customer_id FROM customer_work_key WHERE is_late); -- customer: business key
        END IF;

        -- Closed versions: the open version of each changed key in order, and what the batch itself began and ended.
        INSERT INTO customer_closed (
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            valid_from, valid_to, source_file, source_row
        )
        SELECT
            o.customer_id, o.first_name, o.last_name, o.email, o.street, o.city, o.state, o.country, -- customer: business key and attributes
            o.valid_from, t.changed_at, o.source_file, o.source_row
        FROM customer_work_open AS o
        INNER JOIN (
            SELECT customer_id, MIN(valid_from) AS changed_at FROM customer_work_timeline GROUP BY customer_id -- customer: business key
        ) AS t ON o.customer_id = t.customer_id -- customer: business key
        UNION ALL
        SELECT
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            valid_from, valid_to, source_file, source_row
        FROM customer_work_timeline
        WHERE valid_to IS NOT NULL AND signature IS NOT NULL;
        versions_closed := SQLROWCOUNT;

        -- Delete and insert, not MERGE: in DuckDB an UPDATE of wide rows is many times dearer; on Snowflake either rewrites the same micro-partitions (decision 0004).
        -- A late key may be absent now, without a timeline.
        DELETE FROM customer
        WHERE customer_id IN (SELECT customer_id FROM customer_work_timeline UNION ALL SELECT customer_id FROM customer_work_key WHERE is_late); -- customer: business key

        INSERT INTO customer (
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            update_timestamp, source_file, source_row
        )
        SELECT
            customer_id, first_name, last_name, email, street, city, state, country, -- customer: business key and attributes
            valid_from, source_file, source_row
        FROM customer_work_timeline
        WHERE valid_to IS NULL AND signature IS NOT NULL;
        versions_opened := SQLROWCOUNT;

        DELETE FROM customer_key
        WHERE customer_id IN (SELECT customer_id FROM customer_work_key); -- customer: business key

        -- A key in order without a timeline is as it was; a late one without a timeline is absent.
        INSERT INTO customer_key (customer_id, last_event_at, signature) -- customer: business key
        SELECT
            k.customer_id, k.last_event_at, -- customer: business key
            IFF(t.customer_id IS NULL AND NOT k.is_late, k.signature_before, t.signature) AS signature -- customer: business key
        FROM customer_work_key AS k
        LEFT JOIN customer_work_timeline AS t ON k.customer_id = t.customer_id AND t.valid_to IS NULL; -- customer: business key

        INSERT INTO customer_batch (
            batch_id, started_at, finished_at, files, rows_landed, events_accepted, rows_rejected, keys_touched, keys_late,
            versions_closed, versions_opened, last_loaded_at
        )
        SELECT
            :batch_id, :started_at, SYSDATE(), :files, :rows_landed, :rows_landed - :rows_rejected, :rows_rejected, :keys_touched, :keys_late,
            :versions_closed, :versions_opened, :last_loaded_at;

        COMMIT;
        done := 'batch ' || batch_id || ': rows landed ' || rows_landed || ', rejected ' || rows_rejected || ', keys touched ' || keys_touched
            || ', late ' || keys_late || ', versions closed ' || versions_closed || ', opened ' || versions_opened;
        IF (part IS NULL) THEN
            RETURN done;
        END IF;
    END LOOP;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
