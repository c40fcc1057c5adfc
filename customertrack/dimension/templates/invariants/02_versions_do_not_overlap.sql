[% if history %]
-- 2. Versions of a key do not overlap.
SELECT [[ (key + ['valid_from', 'valid_to'])|columns|fit(4) ]]
FROM [[ name ]]_history
QUALIFY valid_from < LAG(valid_to) OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY valid_from, valid_to);
[% endif %]
