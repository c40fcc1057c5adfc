[% import "_iso.sql" as iso %]
WITH landed AS (
    SELECT
        -- An empty field is NULL, quoted or not, whichever of them the load has made so already.
[% include "_landed_texts.sql" %]
[% for moment in moments %]
        -- Of [[ moment.name ]] the time of day; what follows it is the zone. NULL: plain, as 2024-12-31 23:59:59.
        [[ iso.day_time_unless_plain(moment.feed) ]] AS [[ moment.name ]]_time_text,
[% endfor %]
        source_file,
        source_row,
        file_modified_at,
        CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at
    FROM [[ name ]][[ '_raw' if snapshots else '_table_changes' ]]
),

