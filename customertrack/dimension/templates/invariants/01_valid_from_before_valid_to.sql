[% if history %]
-- 1. valid_from < valid_to.
SELECT *
FROM [[ name ]]_history
WHERE valid_from >= valid_to;
[% endif %]
