[% import "_iso.sql" as iso %]
[% if snapshots and time.file %]
-- The time that a file's name says, as v_[[ name ]]_changing_data reads times: ISO 8601, checked by shape. NULL if it says none, or two.
USE SCHEMA {{ database }}.dimension;

CREATE OR REPLACE VIEW v_[[ name ]]_snapshot_time
COPY GRANTS
AS
WITH named AS (
    SELECT
        source_file,
        REGEXP_SUBSTR(SPLIT_PART(source_file, '/', -1), [[ time.file ]], 1, 1, 'e', 1) AS time_text,
        REGEXP_SUBSTR(SPLIT_PART(source_file, '/', -1), [[ time.file ]], 1, 2, 'e', 1) AS other_text
    FROM [[ name ]]_snapshot
),

-- Of the text the time of day; what follows it is the zone.
parted AS (
    SELECT
        named.*,
        [[ iso.day_time('time_text') ]] AS day_time_text
    FROM named
    WHERE
        COALESCE(other_text, time_text) = time_text
        AND REGEXP_LIKE(
            time_text,
            [[ iso.shape('[0-9]{1,9}') ]]
        )
        AND NOT STARTSWITH(time_text, '0000')
),

typed AS (
    SELECT
        source_file,
        TRY_TO_TIMESTAMP_NTZ(
            [[ iso.to_second('time_text', 'day_time_text') ]] || [[ iso.no_fraction('day_time_text') ]],
            'YYYY-MM-DD HH24:MI:SS.FF6'
        ) AS wall_clock,
        IFF(
            [[ iso.has_no_offset('time_text', 'day_time_text') ]], 0,
            [[ iso.offset('time_text', 'day_time_text') ]]
        ) AS offset_number
    FROM parted
)

SELECT
    source_file,
    IFF(
        offset_number <> 0
        AND [[ iso.has_room('wall_clock') ]],
        [[ iso.moved('wall_clock', 'offset_number') ]],
        wall_clock
    ) AS snapshot_at
FROM typed;
[% endif %]
