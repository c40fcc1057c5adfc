-- The refresh: everything pending in the stream into product_event, and from there into product_state and product_closed, which product and
-- product_history show. One transaction, as a rule; more rows than product_refresh allows are a backlog, applied in parts, a transaction each.
--
-- The rule it keeps (semantics, "The one rule"): both tables are a pure function of the set of accepted events. Words:
--   horizon    the least updated_at that this batch brings for a key
--   late       at or before the last event already applied to its key (a tie counts: it may supersede that event, or its place in the file order)
--   timeline   the versions of a key from the begin of the one in effect just before the horizon on, each until the next one
-- Of a key in order that version is the open one, and what the batch brings goes behind it. Of a late key it is derived again, and all that follows it, from
-- the log: what a stored version shows of stock, refreshed_at
-- may come from after the horizon. What was derived from there on before is deleted.
-- Worked example, key 1 with Ann at 05, 10, 15 and Carl at 20 applied, then Bob at 12 lands: horizon 12, late, derived again from 05 on, where Ann begins.
-- Timeline: Ann 05, Bob 12, Ann 15, Carl 20. Closed: Ann [05, 12), Bob [12, 15), Ann [15, 20). State: Carl since 20.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_pipeline_scd2_product()
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
        UPDATE product_refresh SET
            batch_id = batch_id + 1,
            event_batch_id = IFF(part < parts, event_batch_id, batch_id + 1),
            parts = IFF(part < parts, parts, 1),
            part = IFF(part < parts, part + 1, 1);
        SELECT batch_id, event_batch_id, parts, part, most_rows, derivation, derived_as
        INTO :batch_id, :event_batch_id, :parts, :part, :most_rows, :derivation, :derived_as
        FROM product_refresh;
        IF (derivation <> '623cc2f9969e' OR derived_as <> derivation) THEN
            -- Never on from tables that another definition has made, nor with a view of one that is on its way.
            ROLLBACK;
            CALL pdr_rebuild_product();
            RETURN 'derived again';
        END IF;

        IF (parts = 1) THEN
            -- The stream is read here and nowhere else: two statements of a transaction may see different committed data (READ COMMITTED).
            INSERT FIRST
                WHEN reject_reasons IS NULL THEN
                    INTO product_event (
                        sku, region, updated_at, change_no, is_delete,
                        source_file, source_row, file_modified_at, loaded_at, batch_id,
                        name, price, on_sale, launched, stock, refreshed_at, brand
                    )
                    VALUES (
                        sku, region, updated_at, change_no, is_delete,
                        source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        name, price, on_sale, launched, stock, refreshed_at, brand
                    )
                ELSE
                    INTO product_reject (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, batch_id,
                        sku, region, changed_at, op, change_no, name, price, on_sale, launched, stock, refreshed_at, brand
                    )
                    VALUES (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        sku_text, region_text, updated_at_text, op_text, change_no_text, _landed_name, price_text, on_sale_text, launched_text,
                        stock_text, refreshed_at_text, _landed_brand
                    )
            SELECT
                sku, region, updated_at, change_no, is_delete,
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, :event_batch_id AS event_batch_id,
                sku_text, region_text, updated_at_text, op_text, change_no_text, _landed_name, price_text, on_sale_text, launched_text, stock_text,
                refreshed_at_text, _landed_brand, name, price, on_sale, launched, stock, refreshed_at, brand
            FROM v_product_changing_data;
        END IF;

        -- The logs are read back by their batch.
        SELECT COUNT(*), COUNT_IF(is_reject), COUNT(DISTINCT source_file), MAX(loaded_at)
        INTO :rows_landed, :rows_rejected, :files, :last_loaded_at
        FROM (
            SELECT source_file, loaded_at, FALSE AS is_reject FROM product_event WHERE batch_id = :event_batch_id
            UNION ALL
            SELECT source_file, loaded_at, TRUE AS is_reject FROM product_reject WHERE batch_id = :event_batch_id
        ) AS landed;

        IF (parts = 1 AND rows_landed = 0) THEN
            -- COMMIT, so that the stream moves on: SYSTEM$STREAM_HAS_DATA may be wrong in this direction, and would call again and again.
            COMMIT;
            RETURN done;
        END IF;

        IF (parts = 1 AND rows_landed > most_rows) THEN
            -- Two at least: a quotient has six digits behind the point (docs.snowflake.com, "Arithmetic operators"), and of one row too many it is 1. A backlog
            -- of one part would be taken for the next batch, and put off again, for ever.
            UPDATE product_refresh SET part = 0, parts = GREATEST(2, CEIL(:rows_landed / most_rows));
            INSERT INTO product_backlog (event_batch_id, parts) SELECT event_batch_id, parts FROM product_refresh;
            COMMIT;
            CONTINUE;
        END IF;

        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO product_work_key (
            sku, region, horizon, first_at, last_event_at, events, is_late, signature, valid_from, source_file, source_row, is_told,
            name, price, on_sale, launched, stock, refreshed_at, brand
        )
        WITH touched AS (
            SELECT sku, region, MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events
            FROM product_event AS e
            WHERE e.batch_id = :event_batch_id
                AND (:parts = 1 OR MOD(MD5_NUMBER_LOWER64(sku::VARCHAR || '|' || region::VARCHAR), :parts) = :part - 1)
            GROUP BY sku, region
        ),

        known AS (
            SELECT * FROM product_state
            WHERE (sku, region) IN (SELECT sku, region FROM touched)
        )

        SELECT
            t.sku, t.region, t.horizon, t.horizon, GREATEST(t.last_event_at, COALESCE(s.last_event_at, t.last_event_at)), t.events,
            COALESCE(t.horizon <= s.last_event_at, FALSE), IFF(s.valid_from < t.horizon, s.signature, NULL),
            s.valid_from, s.source_file, s.source_row, s.is_told,
            s.name, s.price, s.on_sale, s.launched, s.stock, s.refreshed_at, s.brand
        FROM touched AS t
        LEFT JOIN known AS s ON t.sku = s.sku AND t.region = s.region;

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late), MIN(horizon), IFF(COUNT_IF(is_late) > 0, 0, :event_batch_id)
        INTO :keys_touched, :events_accepted, :keys_late, :least_horizon, :first_batch_id
        FROM product_work_key;

        IF (keys_late > 0) THEN
            -- What a version shows of stock, refreshed_at
            -- may come from after the horizon, so no stored version is an anchor
            -- for a late key. It is derived again from where the version in effect just before the horizon begins.
            INSERT OVERWRITE INTO product_work_key (
                sku, region, horizon, first_at, last_event_at, events, is_late, signature, valid_from, source_file, source_row, is_told,
                name, price, on_sale, launched, stock, refreshed_at, brand
            )
            SELECT
                sku, region, horizon, first_at, last_event_at, events, is_late, signature, valid_from, source_file, source_row, is_told,
                name, price, on_sale, launched, stock, refreshed_at, brand
            FROM product_work_key
            WHERE NOT is_late
            UNION ALL
            SELECT
                k.sku, k.region, k.horizon, COALESCE(IFF(k.valid_from < k.horizon, k.valid_from, h.valid_from), k.horizon),
                k.last_event_at, k.events, k.is_late, NULL, IFF(k.valid_from < k.horizon, k.valid_from, h.valid_from), NULL, NULL, k.is_told,
                k.name, k.price, k.on_sale, k.launched, k.stock, k.refreshed_at, k.brand
            FROM product_work_key AS k
            LEFT JOIN product_closed AS h
                ON k.sku = h.sku AND k.region = h.region AND k.signature IS NULL
                AND h.valid_from < k.horizon AND h.valid_to >= k.horizon AND h.valid_to >= :least_horizon
            WHERE k.is_late;

            SELECT MIN(first_at) INTO :least_horizon FROM product_work_key;

            DELETE FROM product_closed USING product_work_key AS k
            WHERE
                k.is_late
                AND product_closed.sku = k.sku AND product_closed.region = k.region
                AND product_closed.valid_from >= k.first_at
                AND product_closed.valid_to >= :least_horizon;
        END IF;

        -- The version that was open before goes first, and then the events: those of the batch, of a late key the older ones too. Of several with one
        -- time the last in sequence, and by file and row counts. IS DISTINCT FROM: NULL is a state too, absent, and a delete of an absent key changes nothing.
        INSERT OVERWRITE INTO product_work_timeline (
            sku, region, valid_from, valid_to, is_first, signature, source_file, source_row,
            name, price, on_sale, stock, refreshed_at
        )
        WITH signed AS (
            SELECT
                e.sku, e.region, e.updated_at,
                IFF(e.is_delete, NULL, product_signature(e.name, e.price, e.on_sale)) AS signature,
                e.source_file, e.source_row,
                e.name, e.price, e.on_sale, e.stock, e.refreshed_at
            FROM product_event AS e
            INNER JOIN product_work_key AS k ON e.sku = k.sku AND e.region = k.region AND e.updated_at >= k.first_at
            WHERE e.batch_id >= :first_batch_id AND e.updated_at >= :least_horizon
            QUALIFY
                LEAD(e.updated_at) OVER (
                    PARTITION BY e.sku, e.region ORDER BY e.updated_at, e.change_no NULLS FIRST, e.source_file, e.source_row, e.loaded_at
                ) IS DISTINCT FROM e.updated_at
        ),

        compared AS (
            SELECT
                all_of_them.*,
                IFF(signature IS DISTINCT FROM LAG(signature) OVER (PARTITION BY sku, region ORDER BY updated_at), 1, 0) AS is_change
            FROM (
                SELECT * FROM signed
                UNION ALL
                SELECT
                    sku, region, valid_from, signature, source_file, source_row,
                    name, price, on_sale, stock, refreshed_at
                FROM product_work_key
                WHERE signature IS NOT NULL
            ) AS all_of_them
        ),

        stretch AS (
            SELECT
                compared.*,
                SUM(is_change) OVER (PARTITION BY sku, region ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS stretch_number
            FROM compared
        ),

        valued AS (
            SELECT
                sku, region, updated_at, signature, source_file, source_row, is_change,
                name,
                price,
                on_sale,
                LAST_VALUE(stock) OVER (
                    PARTITION BY sku, region, stretch_number ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS stock,
                LAST_VALUE(refreshed_at) OVER (
                    PARTITION BY sku, region, stretch_number ORDER BY updated_at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                ) AS refreshed_at
            FROM stretch
        ),

        change AS (
            SELECT * FROM valued
            WHERE is_change = 1
        )

        SELECT
            c.sku, c.region, c.updated_at,
            LEAD(c.updated_at) OVER (PARTITION BY c.sku, c.region ORDER BY c.updated_at),
            COALESCE(c.updated_at = k.valid_from, FALSE),
            c.signature, c.source_file, c.source_row,
            c.name, c.price, c.on_sale, c.stock, c.refreshed_at
        FROM change AS c
        INNER JOIN product_work_key AS k ON c.sku = k.sku AND c.region = k.region;

        IF (keys_late > 0) THEN
            -- Absent just before the horizon, and ever since: since when is not told by a state that began later, but by the last version that is left.
            SELECT COUNT(*) INTO :keys_absent
            FROM product_work_key AS k
            LEFT JOIN product_work_timeline AS t ON k.sku = t.sku AND k.region = t.region
            WHERE k.is_late AND k.valid_from IS NULL AND t.sku IS NULL;
            IF (keys_absent > 0) THEN
                UPDATE product_work_key
                SET valid_from = (
                    SELECT MAX(c.valid_to) FROM product_closed AS c WHERE c.sku = product_work_key.sku AND c.region = product_work_key.region
                )
                WHERE is_late AND valid_from IS NULL;
            END IF;
        END IF;

        -- Closed versions: each entry of a timeline but the last, the one that was open before among them.
        INSERT INTO product_closed (
            sku, region, valid_from, valid_to, source_file, source_row,
            name, price, on_sale, stock, refreshed_at
        )
        SELECT
            sku, region, valid_from, valid_to, source_file, source_row,
            name, price, on_sale, stock, refreshed_at
        FROM product_work_timeline
        WHERE valid_to IS NOT NULL AND signature IS NOT NULL;
        versions_closed := SQLROWCOUNT;

        -- What holds in all versions of a key, from the state after the last event of a time. Of a key in order the batch tells it,
        -- of a late one the whole log.
        INSERT OVERWRITE INTO product_work_lasting (sku, region, is_told, launched, brand)
        WITH counting AS (
            SELECT
                e.sku, e.region, e.updated_at, e.is_delete,
                e.launched, e.brand
            FROM product_event AS e
            INNER JOIN product_work_key AS k ON e.sku = k.sku AND e.region = k.region
            WHERE e.batch_id >= :first_batch_id AND (e.batch_id = :event_batch_id OR k.is_late)
            QUALIFY
                LEAD(e.updated_at) OVER (
                    PARTITION BY e.sku, e.region ORDER BY e.updated_at, e.change_no NULLS FIRST, e.source_file, e.source_row, e.loaded_at
                ) IS DISTINCT FROM e.updated_at
        )

        SELECT
            sku, region, TRUE,
            FIRST_VALUE(launched) OVER (
                PARTITION BY sku, region
                ORDER BY updated_at
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ),
            LAST_VALUE(brand) OVER (
                PARTITION BY sku, region
                ORDER BY updated_at
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )
        FROM counting
        WHERE NOT is_delete
        QUALIFY ROW_NUMBER() OVER (PARTITION BY sku, region ORDER BY updated_at) = 1;

        -- Delete and insert, not MERGE: in DuckDB an UPDATE of wide rows is many times dearer; on Snowflake either rewrites the same micro-partitions
        -- (decision 0004).
        DELETE FROM product_state
        WHERE (sku, region) IN (SELECT sku, region FROM product_work_key);

        -- The last entry of each timeline; where there is none, the anchor is what holds.
        INSERT INTO product_state (
            sku, region, last_event_at, signature, valid_from, source_file, source_row, is_told,
            name, price, on_sale, launched, stock, refreshed_at, brand
        )
        SELECT
            t.sku, t.region, k.last_event_at, t.signature, t.valid_from, t.source_file, t.source_row,
            IFF(k.is_late, FALSE, COALESCE(k.is_told, FALSE)) OR COALESCE(l.is_told, FALSE),
            t.name, t.price, t.on_sale, IFF(k.is_late OR NOT COALESCE(k.is_told, FALSE), l.launched, k.launched), t.stock, t.refreshed_at,
            IFF(k.is_late OR l.is_told, l.brand, k.brand)
        FROM product_work_timeline AS t
        INNER JOIN product_work_key AS k ON t.sku = k.sku AND t.region = k.region AND t.valid_from <= k.last_event_at
        LEFT JOIN product_work_lasting AS l ON t.sku = l.sku AND t.region = l.region
        WHERE t.valid_to IS NULL
        UNION ALL
        SELECT
            k.sku, k.region, k.last_event_at, k.signature, k.valid_from, k.source_file, k.source_row,
            IFF(k.is_late, FALSE, COALESCE(k.is_told, FALSE)) OR COALESCE(l.is_told, FALSE),
            k.name, k.price, k.on_sale, IFF(k.is_late OR NOT COALESCE(k.is_told, FALSE), l.launched, k.launched), k.stock, k.refreshed_at,
            IFF(k.is_late OR l.is_told, l.brand, k.brand)
        FROM product_work_key AS k
        LEFT JOIN product_work_timeline AS t ON k.sku = t.sku AND k.region = t.region
        LEFT JOIN product_work_lasting AS l ON k.sku = l.sku AND k.region = l.region
        WHERE t.sku IS NULL;

        IF (part > 1) THEN
            -- Files and rejects belong to no key, and count with the first part.
            files := 0;
            rows_rejected := 0;
        END IF;
        INSERT INTO product_batch (
            batch_id, started_at, finished_at, files, rows_landed, events_accepted, rows_rejected, keys_touched, keys_late,
            versions_closed, versions_opened, last_loaded_at
        )
        SELECT
            :batch_id, :started_at, SYSDATE(), :files, :events_accepted + :rows_rejected, :events_accepted, :rows_rejected, :keys_touched, :keys_late,
            :versions_closed, COUNT_IF(valid_to IS NULL AND signature IS NOT NULL AND NOT is_first), IFF(:part = :parts, :last_loaded_at, NULL)
        FROM product_work_timeline;

        done := 'batch ' || batch_id || ': events ' || events_accepted || ', rejected ' || rows_rejected || ', keys touched ' || keys_touched
            || ', late ' || keys_late || ', versions closed ' || versions_closed;
        IF (parts = 1) THEN
            COMMIT;
            RETURN done;
        END IF;
        IF (part = parts) THEN
            -- Reading its stream moves that on: nothing is left to wake the task for.
            DELETE FROM product_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM product_backlog_left AS b);
        END IF;
        COMMIT;
    END LOOP;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
