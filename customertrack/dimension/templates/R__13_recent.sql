[% if merged %]
-- What the refresh appends to, so that it writes what a batch brings and nothing more (decision 0033); a compaction (R__48) moves it into the tables of
-- R__12. Transient as those are.
USE SCHEMA {{ database }}.dimension;

[% include "_recent_tables.sql" %]

-- It is FALSE where the layout was to be changed and has been changed back.
UPDATE [[ name ]]_compaction SET appends = TRUE WHERE NOT appends;
[% elif storage %]
-- Takes up what the other layout has left, which appends and compacts (decision 0033): everything is moved into the tables of R__12 in one transaction,
-- after which no refresh of that layout appends any more. One that is under way, or is called until R__50 has its successor, ends without
-- having changed anything; so nothing is lost wherever a deploy is stopped. R__50 drops the tables, and what follows then has nothing to take up.
USE SCHEMA {{ database }}.dimension;

[% include "_recent_tables.sql" %]

CREATE OR ALTER PROCEDURE pdr_end_recent_[[ name ]]()
RETURNS VARCHAR
LANGUAGE SQL
COMMENT = 'Compacts for the last time; returns what it moved'
EXECUTE AS OWNER
AS
$$
DECLARE
    until_batch_id INTEGER;
    rows_moved INTEGER DEFAULT 0;
BEGIN
    BEGIN TRANSACTION;
    -- In this order: a compaction that is under way has the first, a refresh the second, and neither waits for the other.
    UPDATE [[ name ]]_compaction SET appends = FALSE;
    UPDATE [[ name ]]_refresh SET batch_id = batch_id;
    SELECT batch_id INTO :until_batch_id FROM [[ name ]]_refresh;

[% if history %]
[% include "_compact_closed.sql" %]

[% endif %]
[% include "_compact_states.sql" %]
    COMMIT;
    RETURN 'rows moved ' || rows_moved;
EXCEPTION
    WHEN OTHER THEN
        ROLLBACK;
        RAISE;
END;
$$;

CALL pdr_end_recent_[[ name ]]();

DROP PROCEDURE IF EXISTS pdr_end_recent_[[ name ]]();
[% endif %]
