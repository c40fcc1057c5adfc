        IF (keys_late > 0) THEN
            -- Absent just before the horizon, and ever since: since when is not told by a state that began later, but by the last version that is left.
            SELECT COUNT(*) INTO :keys_absent
            FROM [[ name ]]_work_key AS k
            LEFT JOIN [[ name ]]_work_timeline AS t ON [[ same('k', 't') ]]
            WHERE k.is_late AND k.valid_from IS NULL AND t.[[ key[0].name ]] IS NULL;
            IF (keys_absent > 0) THEN
                UPDATE [[ name ]]_work_key
                SET valid_from = (
                    SELECT MAX(c.valid_to) FROM [[ closed ]] AS c WHERE [[ same('c', name + '_work_key') ]]
                )
                WHERE is_late AND valid_from IS NULL;
            END IF;
        END IF;
