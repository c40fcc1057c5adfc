-- The rebuild: [[ name ]]_state[[ ' and ' + name + '_closed' if history ]] from [[ name ]]_event alone, as the definition says that they follow. The refresh calls it when the tables were
-- derived otherwise; it may be called at any time. It is the refresh's own way, of tables that are empty and a batch that is the whole log. One
-- transaction: who reads meanwhile sees the tables as they were. In parts by a hash of the key, so that no statement holds more than a refresh does.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER PROCEDURE pdr_rebuild_[[ name ]]()
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

[% if merged %]
    -- Compactions wait here, and have what they wait for before refreshes do.
    UPDATE [[ name ]]_compaction SET appends = appends;
[% endif %]
    -- Refreshes wait here. Where another definition is on its way, its own rebuild will do it.
    UPDATE [[ name ]]_refresh SET batch_id = batch_id;
    SELECT derivation INTO :derivation FROM [[ name ]]_refresh;
    IF (derivation <> '[[ derivation ]]') THEN
        ROLLBACK;
        RETURN 'waits for a migration that has begun';
    END IF;

    DELETE FROM [[ name ]]_state;
[% if merged %]
    DELETE FROM [[ name ]]_recent;
[% endif %]
[% if history %]
    DELETE FROM [[ name ]]_closed;
[% if merged %]
    DELETE FROM [[ name ]]_recent_closed;
    DELETE FROM [[ name ]]_superseded;
[% endif %]
[% endif %]

    SELECT GREATEST(1, CEIL(COUNT(*) / (SELECT MAX(most_rows) FROM [[ name ]]_refresh))) INTO :parts
    FROM [[ applied ]];

    LOOP
        part := part + 1;

[% set states_written, closed_written, stamp, stamped = name + '_state', name + '_closed', [], [] %]
[% set source, of_batch, of_events, of_log, rebuilding = applied, '', '', '', true %]
[% include "_touched_keys.sql" %]

        SELECT COUNT(*), COALESCE(SUM(events), 0), COUNT_IF(is_late) INTO :keys_touched, :events_accepted, :keys_late
        FROM [[ name ]]_work_key;

[% if anchored %]
[% include "_timeline.sql" %]
[% else %]
[% include "_timeline_with_updates.sql" %]
[% endif %]

[% if history %]
[% include "_closed.sql" %]

[% endif %]
[% if lasting %]
[% include "_lasting.sql" %]

[% endif %]
[% include "_state.sql" %]

        keys_rebuilt := keys_rebuilt + keys_touched;
[% if history %]
        versions := versions + versions_closed;
[% endif %]
        IF (part >= parts) THEN
            BREAK;
        END IF;
    END LOOP;

    UPDATE [[ name ]]_refresh SET derived_as = derivation;
    SELECT parts - part INTO :parts_left FROM [[ name ]]_refresh;
    IF (parts_left = 0) THEN
        -- Nothing is left to wake the refresh for. Of a backlog its last part says so.
        DELETE FROM [[ name ]]_backlog WHERE event_batch_id IN (SELECT b.event_batch_id FROM [[ name ]]_backlog_left AS b);
    END IF;
    SELECT :versions + COUNT(*) INTO :versions FROM [[ name ]];
    COMMIT;
    RETURN 'derived again: keys ' || keys_rebuilt || ', versions ' || versions;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;
