[% import "_iso.sql" as iso %]
[% include "_document.sql" %]

[[ 'written' if moments else 'landed' ]] AS (
    SELECT
        -- What is not there is NULL, and so is a null of JSON.
[% include "_landed_texts.sql" %]
[% if partial %]
        -- A character for each attribute, 1 if the row does not say it. A null is said.
        NULLIF(
            [[ stored|unsaid(12) ]],
            '[[ '0' * stored|length ]]'
        ) AS unsaid,
[% endif %]
[% if layout.may_be_none %]
        COALESCE(TYPEOF([[ 'landed_event' if layout.envelope else 'landed_record' ]]), '') <> 'OBJECT'[[ " OR GET_PATH(landed_event, '" + layout.marker + "') IS NULL" if layout.envelope ]] AS is_no_record,
[% endif %]
[% if layout.envelope %]
        [[ layout.of_another ]] AS is_of_another,
        ignored_as,
[% endif %]
        [[ texts|join(', ') ]],
        source_file,
        source_row,
        file_modified_at,
        CONVERT_TIMEZONE('UTC', loaded_at)::TIMESTAMP_NTZ(6) AS loaded_at
    FROM document
),

[% if moments %]
landed AS (
    SELECT
        written.*,
[% for moment in moments %]
        -- Of [[ moment.text ]] the time of day; what follows it is the zone. NULL: plain, as 2024-12-31 23:59:59.
        [[ iso.day_time_unless_plain(moment.text) ]] AS [[ moment.name ]]_time_text[[ comma(loop) ]]
[% endfor %]
    FROM written
),

[% endif %]
