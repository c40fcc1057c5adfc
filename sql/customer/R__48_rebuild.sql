-- The rebuild: customer_state and customer_closed from customer_event alone, as the definition says that they follow. The refresh calls it when the tables were
-- derived otherwise; it may be called at any time. It is the refresh's own way, of tables that are empty and a batch that is the whole log. One
-- transaction: who reads meanwhile sees the tables as they were. In parts by a hash of the key, so that no statement holds more than a refresh does.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_rebuild_customer()
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
    UPDATE customer_refresh SET batch_id = batch_id;
    SELECT derivation INTO :derivation FROM customer_refresh;
    IF (derivation <> '953f1c026603') THEN
        ROLLBACK;
        RETURN 'waits for a migration that has begun';
    END IF;

    DELETE FROM customer_state;
    DELETE FROM customer_closed;

    SELECT GREATEST(1, CEIL(COUNT(*) / (SELECT MAX(most_rows) FROM customer_refresh))) INTO :parts
    FROM v_customer_event_applied;

    LOOP
        part := part + 1;

        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO customer_work_key (
            customer_id, horizon, last_event_at, events, is_late, signature, valid_from, source_file, source_row,
            first_name, last_name, email, street, city, state, country
        )
        WITH touched AS (
            SELECT customer_id, MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events
            FROM v_customer_event_applied AS e
            WHERE (:parts = 1 OR MOD(MD5_NUMBER_LOWER64(customer_id::VARCHAR), :parts) = :part - 1)
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

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late) INTO :keys_touched, :events_accepted, :keys_late
        FROM customer_work_key;

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
                FROM v_customer_event_applied AS e
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
                FROM v_customer_event_applied AS e
                INNER JOIN customer_work_key AS k ON e.customer_id = k.customer_id AND e.updated_at >= k.horizon
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

        keys_rebuilt := keys_rebuilt + keys_touched;
        versions := versions + versions_closed;
        IF (part >= parts) THEN
            BREAK;
        END IF;
    END LOOP;

    UPDATE customer_refresh SET derived_as = derivation;
    SELECT parts - part INTO :parts_left FROM customer_refresh;
    IF (parts_left = 0) THEN
        -- Nothing is left to wake the refresh for. Of a backlog its last part says so.
        DELETE FROM customer_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM customer_backlog_left AS b);
    END IF;
    SELECT :versions + COUNT(*) INTO :versions FROM customer;
    COMMIT;
    RETURN 'derived again: keys ' || keys_rebuilt || ', versions ' || versions;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
