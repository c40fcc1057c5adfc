[% if layout.name == "plain" %]
WITH document AS (
    SELECT
[% if format == "json" %]
        -- NULL of a line that is no JSON, or more than one document.
        TRY_PARSE_JSON(line) AS landed_record,
        line AS landed_line,
[% else %]
        record AS landed_record,
[% endif %]
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM [[ name ]]_table_changes
),
[% else %]
WITH landed_whole AS (
    SELECT
[% if format == "json" %]
        -- NULL of a line that is no JSON, or more than one document.
        TRY_PARSE_JSON(line) AS landed_event,
        line AS landed_line,
[% elif format == "parquet" %]
        record AS landed_event,
[% else %]
        "_AIRBYTE_DATA" AS landed_data,
        "_AIRBYTE_META" AS landed_meta,
[% endif %]
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM [[ name ]]_table_changes
),

[% if layout.envelope %]
-- A sink may write the record's key and the like beside it,
beside_key AS (
    SELECT
        CASE
            WHEN GET_PATH(landed_event, '[[ layout.marker ]]') IS NULL AND GET_PATH(landed_event, 'value') IS NOT NULL THEN GET_PATH(landed_event, 'value')
            ELSE landed_event
        END AS landed_event,
        IFF(GET_PATH(landed_event, 'key.payload') IS NULL, GET_PATH(landed_event, 'key'), GET_PATH(landed_event, 'key.payload')) AS landed_key,
        landed_line,
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM landed_whole
),

-- and a converter its schema.
with_schema AS (
    SELECT
        CASE
            WHEN GET_PATH(landed_event, '[[ layout.marker ]]') IS NULL AND GET_PATH(landed_event, 'payload') IS NOT NULL THEN GET_PATH(landed_event, 'payload')
            ELSE landed_event
        END AS landed_event,
        landed_key,
        landed_line,
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM beside_key
),

document AS (
    SELECT
        landed_event,
[% if layout.name == "debezium" %]
        -- The row as it is from then on; of a delete as it was, or by its key alone.
        CASE
            WHEN GET_PATH(landed_event, 'op')::VARCHAR IS DISTINCT FROM 'd' THEN GET_PATH(landed_event, 'after')
            WHEN TYPEOF(GET_PATH(landed_event, 'before')) = 'OBJECT' THEN GET_PATH(landed_event, 'before')
            ELSE landed_key
        END AS landed_record,
[% else %]
        landed_event AS landed_record,
[% endif %]
        -- What says nothing of a row, and is no fault.
        CASE
            WHEN GET_PATH(landed_event, '[[ layout.marker ]]') IS NOT NULL THEN [[ "IFF(GET_PATH(landed_event, 'op')::VARCHAR = 'm', 'message', NULL)" if layout.name == 'debezium' else 'NULL' ]]
            WHEN TYPEOF(landed_event) = 'NULL_VALUE' THEN 'tombstone'
[% if layout.name != "debezium" %]
            WHEN GET_PATH(landed_event, 'op')::VARCHAR = 'm' THEN 'message'
[% endif %]
            WHEN GET_PATH(landed_event, 'ts_ms') IS NOT NULL AND REGEXP_LIKE(landed_line, '.*[{] *"ts_ms" *: *[0-9]+ *[}].*') THEN 'heartbeat'
        END AS ignored_as,
        landed_line,
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM with_schema
),
[% else %]
document AS (
    SELECT
[% if format == "csv" %]
        TRY_PARSE_JSON(landed_data) AS landed_record,
        -- What Airbyte itself has left out or cut.
        TO_JSON(TRY_PARSE_JSON(landed_meta)) AS landed_changes,
        landed_data,
        landed_meta,
[% else %]
        -- What lies beside Airbyte's own fields, or below one of them.
        IFF(GET_PATH(landed_event, '_airbyte_data') IS NULL, landed_event, GET_PATH(landed_event, '_airbyte_data')) AS landed_record,
        -- What Airbyte itself has left out or cut.
        TO_JSON(GET_PATH(landed_event, '_airbyte_meta')) AS landed_changes,
        [[ texts[0] ]],
[% endif %]
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM landed_whole
),
[% endif %]
[% endif %]
