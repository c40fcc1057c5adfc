[% if history %]
-- 5. Two versions that touch differ in an attribute[[ ' that begins versions' if not all_versioned ]].
SELECT h.*
FROM [[ name ]]_history AS h
INNER JOIN [[ name ]]_history AS p ON [[ same('h', 'p') ]] AND h.valid_from = p.valid_to
[% for attribute in versioned %]
[% if loop.first %]
WHERE
[% endif %]
    [[ 'AND ' if not loop.first ]][[ attribute.shown|compared('h') ]] IS NOT DISTINCT FROM [[ attribute.shown|compared('p') ]][[ ';' if loop.last ]]
[% else %]
WHERE TRUE;
[% endfor %]
[% endif %]
