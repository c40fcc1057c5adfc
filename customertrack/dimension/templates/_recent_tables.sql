CREATE OR ALTER TRANSIENT TABLE [[ name ]]_recent (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    batch_id NUMBER(38, 0) NOT NULL COMMENT 'Of several rows of a key the one of the last batch counts',
    last_event_at TIMESTAMP_NTZ(6) NOT NULL,
    signature BINARY(16),
    valid_from TIMESTAMP_NTZ(6),
    source_file VARCHAR,
    source_row NUMBER(38, 0),
    is_told BOOLEAN,
    definition NUMBER(38, 0),
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'Rows for [[ name ]]_state that no compaction has moved there yet';

[% if history %]
CREATE OR ALTER TRANSIENT TABLE [[ name ]]_recent_closed (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    batch_id NUMBER(38, 0) NOT NULL,
    valid_from TIMESTAMP_NTZ(6) NOT NULL,
    valid_to TIMESTAMP_NTZ(6) NOT NULL,
    source_file VARCHAR NOT NULL,
    source_row NUMBER(38, 0) NOT NULL,
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 1
COMMENT = 'Closed versions that no compaction has moved to [[ name ]]_closed yet';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_superseded (
[% for part in key %]
    [[ part.name ]] [[ part.type ]] NOT NULL,
[% endfor %]
    batch_id NUMBER(38, 0) NOT NULL COMMENT 'What was closed before this batch is meant, and nothing that it closed itself',
    valid_from TIMESTAMP_NTZ(6) NOT NULL
)
DATA_RETENTION_TIME_IN_DAYS = 1
COMMENT = 'Closed versions that late events have made wrong, and no compaction has deleted yet';

[% endif %]
-- One row. Updating it first makes concurrent compactions wait for each other. The refresh reads it, and never waits here.
CREATE OR ALTER TABLE [[ name ]]_compaction (
    compacted_at TIMESTAMP_NTZ(6) COMMENT 'When the last compaction began that had something to do, UTC',
    appends BOOLEAN NOT NULL COMMENT 'FALSE: the layout is being changed, and no refresh appends any more'
)
COMMENT = 'The last compaction';

INSERT INTO [[ name ]]_compaction (compacted_at, appends)
SELECT first_row.compacted_at, first_row.appends
FROM (SELECT NULL::TIMESTAMP_NTZ(6) AS compacted_at, TRUE AS appends) AS first_row
WHERE NOT EXISTS (SELECT 1 FROM [[ name ]]_compaction);
