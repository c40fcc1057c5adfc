-- What the pipe writes and the refresh reads: landed rows, exactly as they came.
USE SCHEMA {{ database }}.dimension;

-- Every field of the file is VARCHAR, so that no cast can fail while loading: with CSV and a stream on the target a pipe's ON_ERROR
-- "might not work as expected" (docs.snowflake.com, CREATE PIPE). The casts happen in v_[[ name ]]_changing_data, where a bad row is a reject.
-- Transient (decision 0026): once applied, a row is an event or a reject, and the nightly purge deletes it after some months.
-- IF NOT EXISTS: a column that is read no more stays, with what has landed in it.
CREATE TRANSIENT TABLE IF NOT EXISTS [[ name ]]_raw (
    source_file VARCHAR NOT NULL COMMENT 'METADATA$FILENAME: with source_row the place of the row, and the order between rows of one time',
    source_row NUMBER(38, 0) NOT NULL COMMENT 'METADATA$FILE_ROW_NUMBER',
    file_modified_at TIMESTAMP_NTZ(6) COMMENT 'METADATA$FILE_LAST_MODIFIED, UTC',
    -- METADATA$START_SCAN_TIME is a TIMESTAMP_LTZ. Kept as one, it stays the same instant whatever time zone the account has set for Snowpipe.
    loaded_at TIMESTAMP_LTZ(6) NOT NULL COMMENT 'METADATA$START_SCAN_TIME: when the row reached the warehouse',
[% for column in raw %]
    [[ column ]] [[ raw_type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 1
-- How long the stream may wait for a refresh before it is stale, and its rows have to be taken up again (R__45). 90 is the most that is allowed.
MAX_DATA_EXTENSION_TIME_IN_DAYS = 90
COMMENT = 'Landed rows as they came, one per CSV record. Never TRUNCATE it: what no refresh has applied would be gone; DELETE applied rows instead';
[% if raw_added %]

-- What was added since, at the end. The pipe finds the columns of a file by their names, so it need not know.
[% for column in raw_added %]
ALTER TABLE [[ name ]]_raw ADD COLUMN IF NOT EXISTS [[ column ]] VARCHAR;
[% endfor %]
[% endif %]
[% if added %]

-- Since when there is room for what a definition has added: rows that landed before have not said it.
CREATE OR ALTER TABLE [[ name ]]_definition (
    definition NUMBER(38, 0) NOT NULL,
    began_at TIMESTAMP_NTZ(6) NOT NULL COMMENT 'UTC'
)
COMMENT = 'The definitions of [[ name ]] but for the first, and since when rows land under each';

[% for since in added %]
INSERT INTO [[ name ]]_definition (definition, began_at)
SELECT n.definition, SYSDATE() FROM (SELECT [[ since ]] AS definition) AS n
WHERE NOT EXISTS (SELECT 1 FROM [[ name ]]_definition AS d WHERE d.definition = n.definition);
[% if not loop.last %]

[% endif %]
[% endfor %]
[% endif %]

-- Append-only, and on the landed rows (decision 0001): a standard stream shows the net change between two offsets, so versions in between vanish.
CREATE STREAM IF NOT EXISTS [[ name ]]_table_changes
    ON TABLE [[ name ]]_raw
    APPEND_ONLY = TRUE
    COMMENT = 'Landed rows that no refresh has applied yet';

-- The landed rows that a new stream would not show, while R__45 moves them; worth nothing after that.
CREATE TRANSIENT TABLE IF NOT EXISTS [[ name ]]_work_taken_up (
    source_file VARCHAR,
    source_row NUMBER(38, 0),
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_LTZ(6),
[% for column in raw %]
    [[ column ]] [[ raw_type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'Landed rows on their way to the new stream';
[% if raw_added %]

[% for column in raw_added %]
ALTER TABLE [[ name ]]_work_taken_up ADD COLUMN IF NOT EXISTS [[ column ]] VARCHAR;
[% endfor %]
[% endif %]
