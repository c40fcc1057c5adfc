[% set deeper = 4 if merged else 0 %]
[% filter indent(deeper, first=true) %]
    -- What is superseded is deleted where a compaction has moved it to before, and not moved where it was appended since.
    DELETE FROM [[ name ]]_closed
    WHERE [[ (key + ['valid_from'])|tuple ]] IN (
        SELECT [[ (key + ['valid_from'])|columns|fit(8 + deeper) ]]
        FROM [[ name ]]_superseded
        WHERE batch_id <= :until_batch_id
    );

    INSERT INTO [[ name ]]_closed (
        [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns|fit(8 + deeper) ]][[ ',' if own ]]
[% if own %]
        [[ own|columns|fit(8 + deeper) ]]
[% endif %]
    )
    SELECT
        [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns('r')|fit(8 + deeper) ]][[ ',' if own ]]
[% if own %]
        [[ own|columns('r')|fit(8 + deeper) ]]
[% endif %]
    FROM [[ name ]]_recent_closed AS r
    WHERE
        r.batch_id <= :until_batch_id
        AND NOT EXISTS (
            SELECT 1 FROM [[ name ]]_superseded AS s
            WHERE
                [[ same('s', 'r') ]] AND s.valid_from = r.valid_from
                AND s.batch_id > r.batch_id
        );
    rows_moved := rows_moved + SQLROWCOUNT;

    DELETE FROM [[ name ]]_superseded WHERE batch_id <= :until_batch_id;
    DELETE FROM [[ name ]]_recent_closed WHERE batch_id <= :until_batch_id;
[% endfilter %]
