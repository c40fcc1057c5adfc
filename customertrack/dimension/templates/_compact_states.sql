[% set deeper = 4 if merged else 0 %]
[% filter indent(deeper, first=true) %]
    DELETE FROM [[ name ]]_state
    WHERE [[ key|tuple ]] IN (
        SELECT [[ key|columns|fit(8 + deeper) ]] FROM [[ name ]]_recent WHERE batch_id <= :until_batch_id
    );

    INSERT INTO [[ name ]]_state (
        [[ (key + state)|columns|fit(8 + deeper) ]],
        [[ attributes|columns|fit(8 + deeper) ]]
    )
    SELECT
        [[ (key + state)|columns|fit(8 + deeper) ]],
        [[ attributes|columns|fit(8 + deeper) ]]
    FROM [[ name ]]_recent
    WHERE batch_id <= :until_batch_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8 + deeper) ]] ORDER BY batch_id DESC) = 1;
    rows_moved := rows_moved + SQLROWCOUNT;

    DELETE FROM [[ name ]]_recent WHERE batch_id <= :until_batch_id;
[% endfilter %]
