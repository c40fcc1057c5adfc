[% set so_far %]
PARTITION BY [[ key|columns|fit(20) ]], life ORDER BY [[ order()|fit(20) ]]
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
[%- endset %]
        WITH told AS (
            SELECT
                [[ (key|columns('e') + ['e.updated_at'] + sequence|columns('e') + ['e.is_delete', 'e.source_file', 'e.source_row', 'e.loaded_at', 'e.definition'] + (['e.unsaid'] if partial else []))|fit(16) ]],
                [[ filled|columns('e')|fit(16) ]],
[% for attribute in known_before %]
                k.[[ attribute.name ]] AS [[ attribute.previous ]],
[% endfor %]
[% if 'anchor' in anchor %]
                k.signature AS anchor,
[% endif %]
                -- A life begins with a delete, and nothing is known in it of the one before.
                COUNT_IF(e.is_delete) OVER (
                    PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY [[ order('e')|fit(20) ]]
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS life,
                ROW_NUMBER() OVER (PARTITION BY [[ key|columns('e')|fit(20) ]] ORDER BY [[ order('e')|fit(20) ]]) AS events
            FROM [[ source ]] AS e
[% if of_key is not none %]
            INNER JOIN [[ name ]]_work_key AS k ON [[ same('e', 'k') ]][[ of_key ]]
[% endif %]
[% if of_events %]
            WHERE [[ of_events ]]
[% endif %]
        ),

        -- Of each attribute at which event it was said last in its life, at which one a value was said last, and that value: all by one sort.
        said AS (
            SELECT
                [[ (key + ['updated_at'] + sequence + ['is_delete', 'source_file', 'source_row', 'loaded_at', 'life'] + anchor|reject('eq', 'loaded_at')|list)|columns|fit(16) ]],
[% for attribute in known_before %]
                [[ attribute.previous ]],
[% endfor %]
[% for attribute in filled if not attribute.is_filled %]
                [[ attribute.name ]],
[% endfor %]
[% for one in filled|sayings %]
                MAX(IFF([[ one.is_said() ]] AND NOT is_delete, events, NULL)) OVER (
                    [[ so_far ]]
                ) AS _said_[[ one.saying ]],
[% endfor %]
[% for attribute in filled|filled %]
                MAX(IFF([[ attribute.name ]] IS NULL, NULL, events)) OVER (
                    [[ so_far ]]
                ) AS _valued_[[ loop.index ]],
                LAST_VALUE([[ attribute.name ]]) IGNORE NULLS OVER (
                    [[ so_far ]]
                ) AS [[ attribute.name ]][[ comma(loop) ]]
[% endfor %]
            FROM told
        ),

        -- What an event has not said is what was said last in its life, by one that it supersedes too: so this comes before it is seen which one counts.
        -- If no value was said there, it was a NULL.
        [[ 'counting' if not carry else 'known' ]] AS (
            SELECT
                [[ (key + ['updated_at', 'is_delete', 'source_file', 'source_row', 'life'] + filled|said + anchor)|columns|fit(16) ]],
[% for attribute in filled if not attribute.is_filled %]
                [[ attribute.name ]],
[% endfor %]
[% for attribute in filled|filled %]
                CASE
                    WHEN _said_[[ attribute.saying ]] = _valued_[[ loop.index ]] THEN [[ attribute.name ]]
[% if attribute in known_before %]
                    WHEN _said_[[ attribute.saying ]] IS NULL AND life = 0 THEN [[ attribute.previous ]]
[% endif %]
                END AS [[ attribute.name ]][[ comma(loop) ]]
[% endfor %]
            FROM said
            QUALIFY
                LEAD(updated_at) OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY [[ order()|fit(20) ]]) IS DISTINCT FROM updated_at
        )[[ ',' if carry or more ]]
[% if carry %]

        -- The first value of a life is carried back to its begin.
        counting AS (
            SELECT
                [[ (key + ['updated_at', 'is_delete', 'source_file', 'source_row', 'life'] + filled|said + anchor)|columns|fit(16) ]],
[% for attribute in filled %]
[% if attribute.is_carried %]
                IFF(is_delete OR _said_[[ attribute.saying ]] > 0[[ ' OR ' + attribute.name + ' IS NOT NULL' if attribute in known_before ]], [[ attribute.name ]], FIRST_VALUE([[ attribute.name ]]) OVER (
                    PARTITION BY [[ key|columns|fit(20) ]], life ORDER BY IFF(_said_[[ attribute.saying ]] > 0, 0, 1), updated_at
                )) AS [[ attribute.name ]][[ comma(loop) ]]
[% else %]
                [[ attribute.name ]][[ comma(loop) ]]
[% endif %]
[% endfor %]
            FROM known
        )[[ ',' if more ]]
[% endif %]
