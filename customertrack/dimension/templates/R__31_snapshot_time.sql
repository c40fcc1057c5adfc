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
        REGEXP_REPLACE(SUBSTR(time_text, 12), '[^0-9:.].*$', '') AS day_time_text
    FROM named
    WHERE
        COALESCE(other_text, time_text) = time_text
        AND REGEXP_LIKE(
            time_text,
            '[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?( ?(Z|z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?)?'
        )
        AND NOT STARTSWITH(time_text, '0000')
),

typed AS (
    SELECT
        source_file,
        TRY_TO_TIMESTAMP_NTZ(
            SUBSTR(time_text, 1, 10) || ' ' || SUBSTR(day_time_text, 1, 15) || SUBSTR('00:00:00.000000', 1 + LENGTH(day_time_text)),
            'YYYY-MM-DD HH24:MI:SS.FF6'
        ) AS wall_clock,
        IFF(
            LENGTH(time_text) <= 12 + LENGTH(day_time_text), 0,
            COALESCE(TRY_TO_NUMBER(RPAD(REPLACE(LTRIM(SUBSTR(time_text, 12 + LENGTH(day_time_text))), ':', ''), 5, '0'), 4, 0), 0)
        ) AS offset_number
    FROM parted
)

SELECT
    source_file,
    IFF(
        offset_number <> 0
        AND wall_clock BETWEEN TO_TIMESTAMP_NTZ('0001-01-02', 'YYYY-MM-DD') AND TO_TIMESTAMP_NTZ('9999-12-30', 'YYYY-MM-DD'),
        DATEADD('minute', 40 * TRUNC(offset_number / 100) - offset_number, wall_clock),
        wall_clock
    ) AS snapshot_at
FROM typed;
[% endif %]
