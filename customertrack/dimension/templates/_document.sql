WITH [[ 'landed_as' if layout.name != 'plain' else 'document' ]] AS (
    SELECT
[% if format == "json" %]
        -- NULL of a line that is no JSON, or more than one document.
        TRY_PARSE_JSON(line) AS [[ 'landed_event' if layout.name != 'plain' else 'landed_record' ]],
        line AS landed_line,
[% else %]
        record AS [[ 'landed_event' if layout.name != 'plain' else 'landed_record' ]],
[% endif %]
        source_file,
        source_row,
        file_modified_at,
        loaded_at
    FROM [[ name ]]_table_changes
),

