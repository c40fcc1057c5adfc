            INSERT OVERWRITE INTO [[ name ]]_work_difference (
                [[ (key + ['updated_at', 'is_delete', 'content_hash', 'source_file', 'source_row'])|columns|fit(16) ]],[[ ' definition,' if added ]]
                [[ attributes|columns|fit(16) ]]
            )
            -- What the log says of each key at the time of the snapshot, and just before it.
            WITH known AS (
                SELECT [[ key|columns|fit(20) ]], content_hash
                FROM v_[[ name ]]_event_standing
                WHERE updated_at <= :snapshot_at
                QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at DESC) = 1
            ),

            prior AS (
                SELECT [[ key|columns|fit(20) ]], content_hash
                FROM v_[[ name ]]_event_standing
                WHERE updated_at < :snapshot_at
                QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(20) ]] ORDER BY updated_at DESC) = 1
            ),

            keys AS (
                SELECT [[ key|columns|fit(20) ]] FROM [[ name ]]_work_landed WHERE counts
                UNION
                SELECT [[ key|columns|fit(20) ]] FROM known
            ),

            -- A key that the file spares is as it was before; one that it does not have is absent. Only what that changes is touched.
            changed AS (
                SELECT
                    [[ key|columns('a')|fit(20) ]],
                    b.content_hash AS prior_hash,
                    IFF(COALESCE(l.is_reject, FALSE), b.content_hash, l.content_hash) AS content_hash,
                    COALESCE(l.source_row, 0) AS source_row,[[ ' l.definition,' if added ]]
                    [[ attributes|columns('l')|fit(20) ]]
                FROM keys AS a
                LEFT JOIN [[ name ]]_work_landed AS l ON l.counts AND [[ same('a', 'l') ]]
                LEFT JOIN known AS n ON [[ same('a', 'n') ]]
                LEFT JOIN prior AS b ON [[ same('a', 'b') ]]
                WHERE n.content_hash IS DISTINCT FROM IFF(COALESCE(l.is_reject, FALSE), b.content_hash, l.content_hash)
            ),

            -- The next snapshot that says anything of the key. What it says was told by what stood before it, and has to be told by itself now.
            successor AS (
                SELECT [[ key|columns('c')|fit(20) ]], MIN(c.content_hash) AS prior_hash, MIN(s.snapshot_at) AS updated_at
                FROM changed AS c
                INNER JOIN [[ name ]]_snapshot AS s ON s.status = 'applied' AND s.snapshot_at > :snapshot_at
                LEFT JOIN [[ name ]]_spared AS p ON p.snapshot_at = s.snapshot_at AND [[ same('p', 'c') ]]
                WHERE p.snapshot_at IS NULL
                GROUP BY [[ key|columns('c')|fit(20) ]]
            ),

            successor_known AS (
                SELECT
                    [[ key|columns('s')|fit(20) ]], s.updated_at, s.prior_hash, e.content_hash,[[ ' e.definition,' if added ]]
                    [[ attributes|columns('e')|fit(20) ]]
                FROM successor AS s
                LEFT JOIN v_[[ name ]]_event_standing AS e ON [[ same('s', 'e') ]] AND e.updated_at <= s.updated_at
                QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns('s')|fit(20) ]] ORDER BY e.updated_at DESC NULLS LAST) = 1
            )

            SELECT
                [[ key|columns|fit(16) ]], :snapshot_at,
                IFF(prior_hash IS DISTINCT FROM content_hash, content_hash IS NULL, NULL),
                content_hash, :file, source_row,[[ ' definition,' if added ]]
                [[ attributes|columns|fit(16) ]]
            FROM changed
            UNION ALL
            SELECT
                [[ key|columns('k')|fit(16) ]], k.updated_at,
                IFF(k.prior_hash IS DISTINCT FROM k.content_hash, k.content_hash IS NULL, NULL),
                k.content_hash, s.source_file, 0,[[ ' k.definition,' if added ]]
                [[ attributes|columns('k')|fit(16) ]]
            FROM successor_known AS k
            INNER JOIN [[ name ]]_snapshot AS s ON s.status = 'applied' AND s.snapshot_at = k.updated_at;
