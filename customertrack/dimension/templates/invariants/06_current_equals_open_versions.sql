[% if history %]
-- 6. [[ name ]] equals the open versions, column for column, NULL-safe (GROUP BY takes two NULLs as equal).
WITH either AS (
    SELECT
        [[ (key + shown)|comparable|fit(8) ]],
        update_timestamp AS valid_from, source_file, source_row,
        1 AS _of_current, 0 AS _of_history
    FROM dimension.[[ name ]]
    UNION ALL
    SELECT
        [[ (key + shown)|comparable|fit(8) ]],
        valid_from, source_file, source_row,
        0 AS _of_current, 1 AS _of_history
    FROM [[ name ]]_history
    WHERE valid_to = TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')
)

SELECT
    IFF(SUM(_of_current) > SUM(_of_history), 'only in [[ name ]]', 'only in [[ name ]]_history') AS offence,
    [[ (key + shown)|columns|fit(4) ]],
    valid_from, source_file, source_row
FROM either
GROUP BY
    [[ (key + shown)|columns|fit(4) ]],
    valid_from, source_file, source_row
HAVING SUM(_of_current) <> SUM(_of_history);
[% endif %]
