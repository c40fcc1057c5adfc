[% import "_iso.sql" as iso %]
-- From landed text to events: each pending row typed, classified, and with the reasons if it is a reject (semantics: "Valid events").
USE SCHEMA {{ database }}.dimension;

-- Equal states have equal signatures, and no two states have one text: each attribute that is not NULL stands there by its name[[ ', its length' if versioned_texts ]] and its value.
-- So no value can pass for two, a NULL is not an empty text, and an attribute that is added and NULL changes no signature (decision 0007).
CREATE OR REPLACE FUNCTION [[ name ]]_signature([[ ')' if not versioned ]]
[% if versioned %]
    [[ versioned|arguments|fit(4) ]]
)
[% endif %]
COPY GRANTS
RETURNS BINARY
IMMUTABLE
AS
$$
MD5_BINARY(
[% for attribute in versioned %]
    [[ '|| ' if not loop.first ]][[ attribute|signed ]]
[% else %]
    ''
[% endfor %]
)
$$;

[% if layout.has_lsn %]
-- A place in the log of SQL Server, three hexadecimal numbers, as the digits of one; of another text the replacement character, which is no number.
CREATE OR REPLACE FUNCTION [[ name ]]_lsn(landed_text VARCHAR)
COPY GRANTS
RETURNS VARCHAR
IMMUTABLE
AS
$$
CASE
    WHEN landed_text IS NULL THEN NULL
    WHEN REGEXP_LIKE(landed_text, '[0-9a-fA-F]{8}:[0-9a-fA-F]{8}:[0-9a-fA-F]{4}') THEN
        (
            TRY_TO_NUMBER(SUBSTR(landed_text, 1, 8), 'XXXXXXXX', 38, 0) * 281474976710656
            + TRY_TO_NUMBER(SUBSTR(landed_text, 10, 8), 'XXXXXXXX', 38, 0) * 65536
            + TRY_TO_NUMBER(SUBSTR(landed_text, 19, 4), 'XXXX', 38, 0)
        )::VARCHAR
    ELSE CHR(65533)
END
$$;

[% endif %]
[% if layout.envelope %]
-- Whether a text stands for a value that the source's log does not have: itself, its bytes, in an array, or in a map.
CREATE OR REPLACE FUNCTION [[ name ]]_unavailable(landed_text VARCHAR)
COPY GRANTS
RETURNS BOOLEAN
IMMUTABLE
AS
$$
COALESCE(landed_text IN (
    [[ layout.placeholders|fit(4) ]]
), FALSE)
$$;

[% endif %]
[% if snapshots and not content_is_signature %]
-- What two snapshots are compared by: all attributes, those too that begin no version[[ ', and the definition, because to say NULL is to say something' if told_by ]].
CREATE OR REPLACE FUNCTION [[ name ]]_content(
    [[ 'definition NUMBER, ' if told_by ]][[ attributes|arguments|fit(4) ]]
)
COPY GRANTS
RETURNS BINARY
IMMUTABLE
AS
$$
MD5_BINARY(
[% if told_by %]
    COALESCE('definition:' || definition, '')
[% endif %]
[% for attribute in attributes %]
    [[ '|| ' if told_by or not loop.first ]][[ attribute|signed ]]
[% endfor %]
)
$$;

[% endif %]
-- OR REPLACE: OR ALTER would not change the query of a view that exists. Nothing hangs on a view's identity, and the grants are kept.
CREATE OR REPLACE VIEW v_[[ name ]]_changing_data
COPY GRANTS
AS
[% include "_landed_csv.sql" if format == "csv" and layout.name == "plain" else "_landed_record.sql" %]
[% if added %]
began AS (
    SELECT
[% for since in added %]
        MAX(IFF(definition = [[ since ]], began_at, NULL)) AS began_[[ since ]][[ comma(loop) ]]
[% endfor %]
    FROM [[ name ]]_definition
),

[% endif %]
typed AS (
    SELECT
        landed.*,
        [[ delete ]] AS is_delete[[ ',' if truncates or typed or moments or time.unit ]]
[% if truncates %]
        [[ truncate ]] AS is_truncate[[ ',' if typed or moments or time.unit ]]
[% endif %]
[% for column in typed %]
        [[ column|typed(8) ]] AS [[ column.name ]][[ comma(loop, more=moments or time.unit) ]]
[% endfor %]
[% if time.unit %]
        -- Whole numbers, whatever their unit; a fraction would be rounded by the cast.
        IFF(
            REGEXP_LIKE(updated_at_text, '[+-]?[0-9]{1,38}([.]0*)?'), TRY_TO_NUMBER(SPLIT_PART(updated_at_text, '.', 1), 38, 0), NULL
        ) AS updated_at_number[[ ',' if moments ]]
[% endif %]
[% for moment in moments %]
        CASE
            WHEN [[ moment.name ]]_time_text IS NULL THEN TRY_TO_TIMESTAMP_NTZ([[ moment.text ]], 'YYYY-MM-DD HH24:MI:SS')
            WHEN
[% if loop.first %]
                -- ISO 8601, checked by shape: TRY_TO_TIMESTAMP alone would take '1' for a second of 1970 and depends on a session parameter.
[% endif %]
                REGEXP_LIKE(
                    [[ moment.text ]],
                    [[ iso.shape(moment.fraction) ]]
                )
[% if loop.first %]
                -- There is no year 0.
[% endif %]
                AND NOT STARTSWITH([[ moment.text ]], '0000')
[% if loop.first %]
                -- Cut to microseconds and filled up to one fixed format.
[% endif %]
                THEN TRY_TO_TIMESTAMP_NTZ(
                    [[ iso.to_second(moment.text, moment.name + '_time_text') ]]
                    || [[ iso.no_fraction(moment.name + '_time_text') ]],
                    'YYYY-MM-DD HH24:MI:SS.FF6'
                )
        END AS [[ moment.name ]]_wall_clock,
[% if loop.first %]
        -- The offset as a number, -0530 for -05:30. Most times end here, or with one letter; of other letters the number is NULL.
[% endif %]
        IFF(
            [[ moment.name ]]_time_text IS NULL OR [[ iso.has_no_offset(moment.text, moment.name + '_time_text') ]], 0,
            [[ iso.offset(moment.text, moment.name + '_time_text') ]]
        ) AS [[ moment.name ]]_offset_number[[ comma(loop) ]]
[% endfor %]
    FROM landed
),

timed AS (
    SELECT
        typed.*[[ ',' if moments or time.unit ]]
[% if time.unit %]
        -- Of the years 1 to 9999.
        [[ begin_initial ]]IFF(
            updated_at_number BETWEEN [[ time.unit.least ]] AND [[ time.unit.greatest ]], TO_TIMESTAMP_NTZ(updated_at_number, [[ time.unit.scale ]]), NULL
        )[[ end_initial ]] AS updated_at[[ ',' if moments ]]
[% endif %]
[% for moment in moments %]
[% if loop.first %]
        -- At the ends of the calendar there is no room for an offset; such a time is rejected as in the future, or is a sentinel that means no instant.
[% endif %]
        [[ begin_initial if moment.initial ]]IFF(
            [[ moment.name ]]_offset_number <> 0
            AND [[ iso.has_room(moment.name + '_wall_clock') ]],
            [[ iso.moved(moment.name + '_wall_clock', moment.name + '_offset_number') ]],
            [[ moment.name ]]_wall_clock
        )[[ end_initial if moment.initial ]] AS [[ moment.name ]][[ comma(loop) ]]
[% endfor %]
    FROM typed
),

judged AS (
    SELECT
        timed.*,
        [[ "IFF(ignored_as IS NOT NULL, NULL, " if ignores ]][[ "IFF(is_no_record, 'invalid_record', " if layout.may_be_none ]]NULLIF(SUBSTR(
[% if truncates %]
            IFF(
                -- A truncate names no key.
                is_truncate, '',
[% filter indent(4) %]
[% include "_key_reasons.sql" %]
[% endfilter %]
            )
[% else %]
[% include "_key_reasons.sql" %]
[% endif %]
[% if not snapshots %]
            || CASE
                WHEN updated_at <= DATEADD('hour', {{ clock_skew_hours }}, loaded_at) THEN ''
                WHEN updated_at IS NOT NULL THEN ', future_[[ time.column|within ]]'
                WHEN updated_at_text IS NULL THEN ', missing_[[ time.column|within ]]'
                ELSE ', invalid_[[ time.column|within ]]'
            END
[% endif %]
[% for column in sequence %]
            || IFF([[ column.name ]] IS NULL AND [[ column.text ]] IS NOT NULL, ', invalid_[[ column.reason|within ]]', '')
[% endfor %]
[% if unknown %]
            || IFF([[ unknown ]], ', invalid_op', '')
[% endif %]
[% if layout.envelope %]
            -- Of another database: its places in the log are others.
            || IFF(is_of_another, ', invalid_connector', '')
[% endif %]
            || IFF(
                -- A delete's attributes are ignored. U+FFFD stands where a byte of the file was no UTF-8.
                is_delete[[ ' OR is_truncate' if truncates ]], '',
[% for attribute in attributes %]
                [[ '|| ' if not loop.first ]]IFF([[ attribute|misfit ]], ', invalid_[[ attribute.reason ]]', '')
[% endfor %]
            ),
            3 -- behind the first comma and blank
        ), '')[[ ")" if layout.may_be_none ]][[ ")" if ignores ]] AS reject_reasons[[ ',' if snapshots ]]
[% if snapshots %]
[% for part in key %]
        [[ 'OR ' if not loop.first ]][[ 'is_no_record OR ' if loop.first and layout.may_be_none ]]COALESCE([% if part.null is none %][[ part.name ]] IS NULL[% else %][[ part.text ]] IS NOT NULL AND ([[ part.name ]] IS NULL OR [[ part.name ]] = [[ part.stand_in ]])[% endif %], FALSE)[[ ' AS is_unreadable' if loop.last ]]
[% endfor %]
[% endif %]
    FROM timed
)

SELECT
[% for part in key %]
    [[ part.stored ]],
[% endfor %]
[% if time.landed %]
    updated_at,
[% endif %]
[% for column in sequence %]
    [[ column.name ]],
[% endfor %]
    is_delete,
[% if truncates %]
    is_truncate,
[% endif %]
[% if ignores %]
    ignored_as,
[% endif %]
[% if changing %]
    -- Of a row that changes its key: it ends the one that it has been, and is the one that it is from then on.[[ ' A truncate names no key.' if truncates ]]
[% for part in changing %]
    [[ part.earlier_stored ]],
[% endfor %]
    NOT is_delete[[ ' AND NOT is_truncate' if truncates ]]
    AND [[ changing|map(attribute='is_another')|join(' OR ')|in_brackets(changing|length > 1) ]] AS changes_key,
[% endif %]
[% if snapshots %]
    is_unreadable,
[% endif %]
[% if added %]
    -- A row has said nothing of what there was no room for when it landed.
    CASE
[% for since in added|reverse %]
        WHEN loaded_at >= began_[[ since ]][[ ' OR ' + of_number[since]|not_null if of_number[since] ]] THEN [[ since ]]
[% endfor %]
    END AS definition,
[% endif %]
[% if partial %]
    IFF(is_delete, NULL, unsaid) AS unsaid,
[% endif %]
    -- As landed, for a reject.
    [[ landed_texts|as_landed(attributes)|fit(4) ]],
[% set without = 'is_delete OR reject_reasons IS NOT NULL' + (' OR is_truncate' if truncates else '') + (' OR ignored_as IS NOT NULL' if ignores else '') %]
[% if not snapshots %]
    -- An event that is a delete has none, however long what landed with it is. Nor has what becomes no event: INSERT FIRST may look at the length of a value
    -- that it does not insert, and one text that is too long would then fail every refresh.
[% endif %]
[% for attribute in attributes %]
[% if snapshots and attribute|kept == attribute.name %]
    [[ attribute.name ]],
[% else %]
    [[ attribute|kept if snapshots else 'IFF(' + without + ', NULL, ' + attribute|kept + ')' ]] AS [[ attribute.name ]],
[% endif %]
[% endfor %]
    reject_reasons,
    source_file,
    source_row,
    file_modified_at,
    loaded_at
FROM judged[% if added %]

CROSS JOIN began[% endif %];
