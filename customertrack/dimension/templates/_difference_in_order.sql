            -- After all others: what the log says last is what it says before, and there is nothing behind it. So a key is compared with one hash.
            INSERT OVERWRITE INTO [[ name ]]_work_difference (
                [[ (key + ['updated_at', 'is_delete', 'content_hash', 'landed_hash', 'source_file', 'source_row'])|columns|fit(16) ]],[[ ' definition,' if added ]]
                [[ attributes|columns|fit(16) ]]
            )
            SELECT
[% for part in key %]
                COALESCE(l.[[ part.name ]], k.[[ part.name ]]),
[% endfor %]
                :snapshot_at, l.source_row IS NULL, l.content_hash, l.landed_hash, :file, COALESCE(l.source_row, 0),[[ ' l.definition,' if added ]]
                [[ attributes|columns('l')|fit(16) ]]
            FROM (SELECT w.* FROM [[ name ]]_work_landed AS w WHERE w.counts) AS l
            FULL OUTER JOIN [[ name ]]_[[ 'work_known' if texts_compared else 'known' ]] AS k ON [[ same('l', 'k') ]]
            WHERE NOT COALESCE(l.is_reject, FALSE) AND l.content_hash IS DISTINCT FROM k.content_hash;
