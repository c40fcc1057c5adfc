        IF (keys_late > 0) THEN
            -- Absent just before the horizon, and ever since: not since when the state says, if what followed is gone, but since the last version that is left.
            SELECT COUNT(*) INTO :keys_absent
            FROM [[ name ]]_work_key AS k
            LEFT JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]]
            WHERE k.is_late AND k.valid_from IS NULL AND t.[[ key[0].name ]] IS NULL;
            IF (keys_absent > 0) THEN
                UPDATE [[ name ]]_work_key SET valid_from = left_over.valid_to
                FROM (
                    SELECT [[ key|columns|fit(24) ]], MAX(valid_to) AS valid_to
                    FROM [[ name ]]_closed
                    WHERE [[ key|tuple ]] IN (SELECT [[ key|columns('k')|fit(28) ]] FROM [[ name ]]_work_key AS k WHERE k.is_late AND k.valid_from IS NULL)
                    GROUP BY [[ key|columns|fit(24) ]]
                ) AS left_over
                WHERE [[ name ]]_work_key.is_late AND [[ name ]]_work_key.valid_from IS NULL AND [[ same(name + '_work_key', 'left_over') ]];
            END IF;
        END IF;
