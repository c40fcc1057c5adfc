-- The pipe: each file that S3 announces on the topic is loaded once, by name. IF NOT EXISTS, because CREATE OR REPLACE PIPE drops the load history,
-- and every file of the stage would be loaded again.
USE SCHEMA {{ database }}.dimension;

CREATE PIPE IF NOT EXISTS [[ name ]]_s3_pipe
    AUTO_INGEST = TRUE
    ERROR_INTEGRATION = {{ error_integration }}
    AWS_SNS_TOPIC = '{{ topic_arn }}'
    -- Neither CREATE PIPE IF NOT EXISTS nor ALTER PIPE moves a pipe to another topic or bucket: the migrate function reads here of which ones it is.
    COMMENT = 'From {{ landing_root }}[[ name ]]/ to [[ name ]]_raw, announced on {{ topic_arn }}'
    AS
[% if by_name %]
    COPY INTO [[ name ]]_raw
    FROM @[[ name ]]_ext_stage
[% else %]
    COPY INTO [[ name ]]_raw (
        source_file, source_row, file_modified_at, loaded_at,
        [[ raw|fit(8) ]]
    )
    FROM (
        SELECT
            METADATA$FILENAME, METADATA$FILE_ROW_NUMBER, METADATA$FILE_LAST_MODIFIED, METADATA$START_SCAN_TIME,
            [[ raw|places|fit(12) ]]
        FROM @[[ name ]]_ext_stage
    )
[% endif %]
    PATTERN = [[ pattern ]]
    FILE_FORMAT = (FORMAT_NAME = '[[ name ]]_[[ format ]]')
[% if by_name %]
    -- A file that cannot be read as CSV at all (an unterminated quote, a broken gzip) is left out whole and reported; ERROR_INTEGRATION notifies only so.
    ON_ERROR = SKIP_FILE
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (
        source_file = METADATA$FILENAME,
        source_row = METADATA$FILE_ROW_NUMBER,
        file_modified_at = METADATA$FILE_LAST_MODIFIED,
        loaded_at = METADATA$START_SCAN_TIME
    );
[% else %]
    -- A file that cannot be read at all ([[ 'one that was cut' if format == 'parquet' else 'a broken gzip' ]]) is left out whole and reported; ERROR_INTEGRATION notifies only so.
    ON_ERROR = SKIP_FILE;
[% endif %]
