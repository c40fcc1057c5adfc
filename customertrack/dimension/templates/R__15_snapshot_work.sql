[% if snapshots %]
-- Work tables of R__46 and R__47, as those of R__14.
USE SCHEMA {{ database }}.dimension;

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_work_file (
    source_file VARCHAR,
    rows_landed NUMBER(38, 0),
    file_modified_at TIMESTAMP_NTZ(6),
    loaded_at TIMESTAMP_NTZ(6)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'Files with rows that no refresh has seen, and how many';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_work_loaded (
    source_file VARCHAR,
    row_count NUMBER(38, 0),
    loaded_at TIMESTAMP_NTZ(6)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'Files that the load history calls whole, and how many rows each has';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_work_text (
[% for part in key %]
    [[ part.name ]] [[ part.type ]],
[% endfor %]
    landed_hash NUMBER(19, 0) COMMENT 'As in [[ name ]]_known',
    source_row NUMBER(38, 0)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The key and the words of each row of one snapshot';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_work_landed (
[% for part in key %]
    [[ part.name ]] [[ part.type ]],
[% endfor %]
    content_hash BINARY(16) COMMENT 'NULL: a reject',
    landed_hash NUMBER(19, 0) COMMENT 'As in [[ name ]]_known; NULL: a reject, or it is there already',
    is_reject BOOLEAN,
    is_unreadable BOOLEAN COMMENT 'A reject of which not even the key is known',
    counts BOOLEAN COMMENT 'Of several rows of a key the last does, and a reject only if there is no other',
    source_row NUMBER(38, 0),
    definition NUMBER(38, 0),
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'The rows of one snapshot that do not say, word for word, what the log was told last: typed';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_work_known (
[% for part in key %]
    [[ part.name ]] [[ part.type ]],
[% endfor %]
    content_hash BINARY(16)
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'Those of [[ name ]]_known that these rows are compared with: all that no row repeats word for word';

CREATE OR ALTER TRANSIENT TABLE [[ name ]]_work_difference (
[% for part in key %]
    [[ part.name ]] [[ part.type ]],
[% endfor %]
    updated_at TIMESTAMP_NTZ(6),
    is_delete BOOLEAN COMMENT 'NULL: no event is needed there any more',
    content_hash BINARY(16),
    landed_hash NUMBER(19, 0),
    source_file VARCHAR,
    source_row NUMBER(38, 0) COMMENT '0: told by the file as a whole',
    definition NUMBER(38, 0),
[% for attribute in stored %]
    [[ attribute.name ]] [[ attribute.type ]][[ comma(loop) ]]
[% endfor %]
)
DATA_RETENTION_TIME_IN_DAYS = 0
COMMENT = 'What one snapshot changes in the log: at its time, and at that of the next one';
[% endif %]
