        -- What holds in all versions of a key, from the state after the last event of a time. Of a key in order the batch tells it,
        -- of a late one the whole log.
        INSERT OVERWRITE INTO [[ name ]]_work_lasting ([[ (key + ['is_told'] + lasting)|columns|fit(12, 80) ]])
[% set of = 'c' if partial else '' %]
[% if lasting|filled %]
[% set filled, of_key, carry, known_before, anchor, more, of_events = lasting, '', false, [], [], false, of_log %]
[% include "_filled.sql" %]
[% else %]
        WITH counting AS (
            SELECT
                [[ (key|columns('e') + ['e.updated_at', 'e.is_delete'])|fit(16) ]],
                [[ lasting|columns('e')|fit(16) ]]
            FROM [[ source ]] AS e
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]]
[% if of_log %]
            WHERE [[ of_log ]]
[% endif %]
            QUALIFY
                LEAD(e.updated_at) OVER (
                    PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY [[ order('e')|fit(20) ]]
                ) IS DISTINCT FROM e.updated_at
        )
[% endif %]

        SELECT
            [[ key|columns(of)|fit(12) ]], TRUE,
[% for attribute in lasting %]
[% set goes_on = partial and attribute.change == 'correct' %]
            [[ 'IFF(MAX(_said_' + attribute.saying + ') OVER (PARTITION BY ' + key|columns(of)|join(', ') + ') > 0 OR k.is_late, ' if goes_on ]][[ 'FIRST_VALUE' if attribute.change == 'keep' else 'LAST_VALUE' ]]([[ [attribute]|columns(of)|join ]]) OVER (
                PARTITION BY [[ key|columns(of)|fit(16) ]]
                ORDER BY [% if attribute.is_filled %]IFF(_said_[[ attribute.saying ]] > 0, [[ '0, 1' if attribute.change == 'keep' else '1, 0' ]]), [% endif %]updated_at
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )[[ ', k.' + attribute.name + ')' if goes_on ]][[ comma(loop) ]]
[% endfor %]
        FROM counting[[ ' AS c' if partial ]]
[% if partial %]
        INNER JOIN [[ name ]]_work_key AS k ON [[ same('c', 'k') ]]
[% endif %]
        WHERE NOT is_delete
        QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns(of)|fit(12) ]] ORDER BY updated_at) = 1;
