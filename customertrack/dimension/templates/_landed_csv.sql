WITH landed AS (
    SELECT
        -- An empty field is NULL, quoted or not, whichever of them the load has made so already.
[% for part in key %]
        [[ part.landed ]] AS [[ part.text ]],
[% endfor %]
[% for part in changing %]
        [[ part.earlier.landed ]] AS [[ part.earlier.text ]],
[% endfor %]
[% if op %]
        [[ op.landed ]] AS op_text,
[% endif %]
        [[ time.landed ]] AS updated_at_text,
[% for column in sequence %]
        [[ column.landed ]] AS [[ column.text ]],
[% endfor %]
[% for attribute in attributes %]
        [[ attribute.landed ]] AS [[ attribute.text ]],
[% endfor %]
[% for moment in moments %]
        -- Of [[ moment.feed ]] the time of day; what follows it is the zone.
        REGEXP_REPLACE(SUBSTR([[ moment.feed ]], 12), '[^0-9:.].*$', '') AS [[ moment.name ]]_time_text,
[% endfor %]
        source_file,
        source_row,
        file_modified_at,
        CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at
    FROM [[ name ]]_table_changes
),

