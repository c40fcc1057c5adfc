[% set one_of_row = key + ['updated_at'] + sequence + ['is_delete'] %]
            INSERT [[ 'ALL' if changing else 'FIRST' ]]
[% if ignores %]
                WHEN ignored_as IS NOT NULL THEN
                    INTO [[ name ]]_ignored (what, source_file, source_row, loaded_at, batch_id)
                    VALUES (ignored_as, source_file, source_row, loaded_at, event_batch_id)
[% endif %]
                WHEN reject_reasons IS NULL[[ ' AND NOT is_truncate' if truncates ]] THEN
                    INTO [[ name ]]_event (
                        [[ one_of_row|columns|fit(24) ]],
                        source_file, source_row, file_modified_at, loaded_at, batch_id,[[ ' part,' if changing ]][[ ' definition,' if added ]][[ ' unsaid,' if partial ]]
                        [[ attributes|columns|fit(24) ]]
                    )
                    VALUES (
                        [[ one_of_row|columns|fit(24) ]],
                        source_file, source_row, file_modified_at, loaded_at, event_batch_id,[[ ' part,' if changing ]][[ ' definition,' if added ]][[ ' unsaid,' if partial ]]
                        [[ attributes|columns|fit(24) ]]
                    )
[% if changing %]
                WHEN reject_reasons IS NULL AND changes_key THEN
                    INTO [[ name ]]_event (
                        [[ one_of_row|columns|fit(24) ]],
                        source_file, source_row, file_modified_at, loaded_at, batch_id, part
                    )
                    VALUES (
                        [[ (earlier_key + ['updated_at'] + sequence + ['is_end'])|columns|fit(24) ]],
                        source_file, source_row, file_modified_at, loaded_at, event_batch_id, part_of_end
                    )
[% endif %]
[% if truncates %]
                WHEN reject_reasons IS NULL AND is_truncate THEN
                    INTO [[ name ]]_barrier (
                        [[ (['updated_at'] + sequence)|columns|fit(24) ]],
                        source_file, source_row, file_modified_at, loaded_at, batch_id
                    )
                    VALUES (
                        [[ (['updated_at'] + sequence)|columns|fit(24) ]],
                        source_file, source_row, file_modified_at, loaded_at, event_batch_id
                    )
[% endif %]
                ELSE
                    INTO [[ name ]]_reject (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, batch_id,
                        [[ feed|fit(24) ]]
                    )
                    VALUES (
                        reject_reasons, source_file, source_row, file_modified_at, loaded_at, event_batch_id,
                        [[ texts|fit(24) ]]
                    )
            SELECT
                [[ one_of_row|columns|fit(16) ]],
[% if truncates %]
                is_truncate,
[% endif %]
[% if ignores %]
                ignored_as,
[% endif %]
[% if changing %]
                [[ changing|map(attribute='earlier.name')|list|fit(16) ]], changes_key, IFF(changes_key, 1, NULL) AS part,
                TRUE AS is_end, 0 AS part_of_end,
[% endif %]
                reject_reasons, source_file, source_row, file_modified_at, loaded_at, :event_batch_id AS event_batch_id,[[ ' definition,' if added ]][[ ' unsaid,' if partial ]]
                [[ (landed_texts + attributes|columns)|fit(16) ]]
            FROM v_[[ name ]]_changing_data;
