-- The rebuild: product_state and product_closed from product_event alone, as the definition says that they follow. The refresh calls it when the tables were
-- derived otherwise; it may be called at any time. It is the refresh's own way, of tables that are empty and a batch that is the whole log. One
-- transaction: who reads meanwhile sees the tables as they were. In parts by a hash of the key, so that no statement holds more than a refresh does.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_rebuild_product()
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
    UPDATE product_refresh SET batch_id = batch_id;
    SELECT derivation INTO :derivation FROM product_refresh;
    IF (derivation <> '623cc2f9969e') THEN
        ROLLBACK;
        RETURN 'waits for a migration that has begun';
    END IF;

    DELETE FROM product_state;
    DELETE FROM product_closed;

    SELECT GREATEST(1, CEIL(COUNT(*) / (SELECT MAX(most_rows) FROM product_refresh))) INTO :parts
    FROM v_product_event_applied;

    LOOP
        part := part + 1;

        -- State first by IN, and then joined, which lets DuckDB unpack the wide columns of the touched keys alone; Snowflake reads the micro-partitions that
        -- may have such keys either way. A state that began at or after the horizon is no anchor.
        INSERT OVERWRITE INTO product_work_key (
            sku, region, horizon, first_at, last_event_at, events, is_late, signature, valid_from, source_file, source_row, is_told,
            name, price, on_sale, launched, stock, refreshed_at, brand
        )
        WITH touched AS (
            SELECT sku, region, MIN(updated_at) AS horizon, MAX(updated_at) AS last_event_at, COUNT(*) AS events
            FROM v_product_event_applied AS e
            WHERE (:parts = 1 OR MOD(MD5_NUMBER_LOWER64(sku::VARCHAR || '|' || region::VARCHAR), :parts) = :part - 1)
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

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late) INTO :keys_touched, :events_accepted, :keys_late
        FROM product_work_key;

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
            FROM v_product_event_applied AS e
            INNER JOIN product_work_key AS k ON e.sku = k.sku AND e.region = k.region AND e.updated_at >= k.first_at
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
            FROM v_product_event_applied AS e
            INNER JOIN product_work_key AS k ON e.sku = k.sku AND e.region = k.region
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

        keys_rebuilt := keys_rebuilt + keys_touched;
        versions := versions + versions_closed;
        IF (part >= parts) THEN
            BREAK;
        END IF;
    END LOOP;

    UPDATE product_refresh SET derived_as = derivation;
    SELECT parts - part INTO :parts_left FROM product_refresh;
    IF (parts_left = 0) THEN
        -- Nothing is left to wake the refresh for. Of a backlog its last part says so.
        DELETE FROM product_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM product_backlog_left AS b);
    END IF;
    SELECT :versions + COUNT(*) INTO :versions FROM product;
    COMMIT;
    RETURN 'derived again: keys ' || keys_rebuilt || ', versions ' || versions;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
