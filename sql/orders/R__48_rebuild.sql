-- The rebuild: orders_state and orders_closed from orders_event alone, as the definition says that they follow. The refresh calls it when the tables were
-- derived otherwise; it may be called at any time. It is the refresh's own way, of tables that are empty and a batch that is the whole log. One
-- transaction: who reads meanwhile sees the tables as they were. In parts by a hash of the key, so that no statement holds more than a refresh does.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_rebuild_orders()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Derives the tables again from the log; returns of how many keys, and how many versions they have'
EXECUTE AS OWNER
AS
$$
DECLARE
    derivation VARCHAR;
    parts INTEGER;
    part INTEGER DEFAULT 0;
    keys_touched INTEGER;
    keys_rebuilt INTEGER DEFAULT 0;
    events_accepted INTEGER;
    keys_late INTEGER;
    versions_closed INTEGER;
    parts_left INTEGER;
    versions INTEGER DEFAULT 0;
BEGIN
    BEGIN TRANSACTION;

    -- Refreshes wait here. Where another definition is on its way, its own rebuild will do it.
    UPDATE orders_refresh SET batch_id = batch_id;
    SELECT derivation INTO :derivation FROM orders_refresh;
    IF (derivation <> '833d084853fc') THEN
        ROLLBACK;
        RETURN 'waits for a migration that has begun';
    END IF;

    DELETE FROM orders_state;
    DELETE FROM orders_closed;

    SELECT GREATEST(1, CEIL(COUNT(*) / (SELECT MAX(most_rows) FROM orders_refresh))) INTO :parts
    FROM v_orders_event_applied;

    LOOP
        part := part + 1;

        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO orders_work_key (
            id, horizon, last_event_at, events, is_late, signature, valid_from, source_file, source_row,
            a_b
        )
        WITH touched AS (
            SELECT id, MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events
            FROM v_orders_event_applied AS e
            WHERE (:parts = 1 OR MOD(MD5_NUMBER_LOWER64(id::VARCHAR), :parts) = :part - 1)
            GROUP BY id
        ),

        known AS (
            SELECT * FROM orders_state
            WHERE id IN (SELECT id FROM touched)
        )

        SELECT
            t.id, t.horizon, GREATEST(t.last_event_at, COALESCE(s.last_event_at, t.last_event_at)), t.events,
            COALESCE(t.horizon <= s.last_event_at, FALSE), IFF(s.valid_from < t.horizon, s.signature, NULL),
            s.valid_from, s.source_file, s.source_row,
            s.a_b
        FROM touched AS t
        LEFT JOIN known AS s ON t.id = s.id;

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late) INTO :keys_touched, :events_accepted, :keys_late
        FROM orders_work_key;

        -- IS DISTINCT FROM: NULL is a state too, absent, and a delete of an absent key is a no-op like any other.
        IF (keys_late = 0 AND keys_touched = events_accepted) THEN
            -- One event of each key, and nothing to be compared with but the anchor: no window function.
            INSERT OVERWRITE INTO orders_work_timeline (
                id, valid_from, valid_to, is_first, signature, source_file, source_row,
                a_b
            )
            SELECT
                e.id, e.updated_at, NULL, TRUE, e.signature, e.source_file, e.source_row,
                e.a_b
            FROM (
                SELECT e.*, IFF(e.is_delete, NULL, orders_signature(e.a_b)) AS signature
                FROM v_orders_event_applied AS e
            ) AS e
            INNER JOIN orders_work_key AS k ON e.id = k.id
            WHERE e.signature IS DISTINCT FROM k.signature;
        ELSE
            -- Events from the horizon on: those of the batch, of a late key the older ones too. Of several with one time the last by file and row
            -- counts. The constants let the engine leave out all older partitions of the log.
            INSERT OVERWRITE INTO orders_work_timeline (
                id, valid_from, valid_to, is_first, signature, source_file, source_row,
                a_b
            )
            WITH signed AS (
                SELECT
                    e.id, e.updated_at, e.source_file, e.source_row,
                    IFF(e.is_delete, NULL, orders_signature(e.a_b)) AS signature,
                    e.a_b,
                    k.signature AS anchor
                FROM v_orders_event_applied AS e
                INNER JOIN orders_work_key AS k ON e.id = k.id AND e.updated_at >= k.horizon
                QUALIFY
                    LEAD(e.updated_at) OVER (
                        PARTITION BY e.id ORDER BY e.updated_at, e.source_file, e.source_row, e.loaded_at
                    ) IS DISTINCT FROM e.updated_at
            ),

            change AS (
                SELECT * FROM signed
                QUALIFY signature IS DISTINCT FROM LAG(signature, 1, anchor) OVER (PARTITION BY id ORDER BY updated_at)
            )

            SELECT
                id, updated_at,
                LEAD(updated_at) OVER (PARTITION BY id ORDER BY updated_at),
                LAG(updated_at) OVER (PARTITION BY id ORDER BY updated_at) IS NULL,
                signature, source_file, source_row,
                a_b
            FROM change;
        END IF;

        -- Closed versions: the anchor of each key that changes, and what the timeline itself begins and ends. No timeline begins before its horizon:
        -- said in the join too, as DuckDB joins by a key alone through an array that spans all keys (decision 0004).
        INSERT INTO orders_closed (
            id, valid_from, valid_to, source_file, source_row,
            a_b
        )
        SELECT
            k.id, k.valid_from, t.valid_from, k.source_file, k.source_row,
            k.a_b
        FROM orders_work_key AS k
        INNER JOIN orders_work_timeline AS t ON k.id = t.id AND t.valid_from >= k.horizon
        WHERE k.signature IS NOT NULL AND t.is_first
        UNION ALL
        SELECT
            id, valid_from, valid_to, source_file, source_row,
            a_b
        FROM orders_work_timeline
        WHERE valid_to IS NOT NULL AND signature IS NOT NULL;
        versions_closed := SQLROWCOUNT;

        -- The last entry of each timeline; where there is none, the anchor is what holds.
        INSERT INTO orders_state (
            id, last_event_at, signature, valid_from, source_file, source_row,
            a_b
        )
        SELECT
            t.id, k.last_event_at, t.signature, t.valid_from, t.source_file, t.source_row,
            t.a_b
        FROM orders_work_timeline AS t
        INNER JOIN orders_work_key AS k ON t.id = k.id AND t.valid_from >= k.horizon
        WHERE t.valid_to IS NULL
        UNION ALL
        SELECT
            k.id, k.last_event_at, k.signature, k.valid_from, k.source_file, k.source_row,
            k.a_b
        FROM orders_work_key AS k
        LEFT JOIN orders_work_timeline AS t ON k.id = t.id
        WHERE t.id IS NULL;

        keys_rebuilt := keys_rebuilt + keys_touched;
        versions := versions + versions_closed;
        IF (part >= parts) THEN
            BREAK;
        END IF;
    END LOOP;

    UPDATE orders_refresh SET derived_as = derivation;
    SELECT parts - part INTO :parts_left FROM orders_refresh;
    IF (parts_left = 0) THEN
        -- Nothing is left to wake the refresh for. Of a backlog its last part says so.
        DELETE FROM orders_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM orders_backlog_left AS b);
    END IF;
    SELECT :versions + COUNT(*) INTO :versions FROM orders;
    COMMIT;
    RETURN 'derived again: keys ' || keys_rebuilt || ', versions ' || versions;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
