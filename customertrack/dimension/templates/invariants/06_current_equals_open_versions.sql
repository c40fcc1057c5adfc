[% if history %]
-- 6. [[ name ]] equals the open versions, column for column, NULL-safe (EXCEPT takes two NULLs as equal).
WITH current_truth AS (
    SELECT
        [[ (key + shown)|comparable|fit(8) ]],
        update_timestamp AS valid_from, source_file, source_row
    FROM [[ name ]]
),

open_version AS (
    SELECT
        [[ (key + shown)|comparable|fit(8) ]],
        valid_from, source_file, source_row
    FROM [[ name ]]_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
)

SELECT 'only in [[ name ]]' AS offence, c.* FROM (SELECT * FROM current_truth EXCEPT SELECT * FROM open_version) AS c
UNION ALL
SELECT 'only in [[ name ]]_history' AS offence, v.* FROM (SELECT * FROM open_version EXCEPT SELECT * FROM current_truth) AS v;
[% endif %]
