        IF (keys_late > 0) THEN
            -- Absent just before the horizon, and ever since: since when is not told by a state that began later, but by the last version that is left.
            SELECT COUNT(*) INTO :keys_absent
            FROM [[ name ]]_work_key AS k
            LEFT JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]]
            WHERE k.is_late AND k.valid_from IS NULL AND t.[[ key[0].name ]] IS NULL;
            IF (keys_absent > 0) THEN
                UPDATE [[ name ]]_work_key SET valid_from = left_over.valid_to
                FROM (
                    SELECT [[ key|columns('c')|fit(24) ]], MAX(c.valid_to) AS valid_to
                    FROM [[ name ]]_closed AS c
                    INNER JOIN [[ name ]]_work_key AS k ON [[ same('c', 'k') ]]
                    WHERE k.is_late AND k.valid_from IS NULL
                    GROUP BY [[ key|columns('c')|fit(24) ]]
                ) AS left_over
                WHERE [[ same(name + '_work_key', 'left_over') ]];
            END IF;
        END IF;
