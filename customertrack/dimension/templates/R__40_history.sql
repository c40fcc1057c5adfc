-- The read side: the current truth[[ ', every version, and the two questions about time' if history ]].
USE SCHEMA {{ database }}.dimension;

CREATE OR REPLACE VIEW [[ name ]]
COPY GRANTS
COMMENT = 'SCD type 1: the current truth, one row per key that is not deleted'
AS
SELECT
    [[ (key|columns + attributes|as_shown)|fit(4) ]],
    valid_from AS update_timestamp,
    source_file,
    source_row
FROM [[ name ]]_state
WHERE signature IS NOT NULL;

-- Events of a backlog whose part is still to come (R__50): in the log, and not in the tables yet. Else there is none.
CREATE OR REPLACE VIEW v_[[ name ]]_event_left
COPY GRANTS
AS
SELECT
    [[ event|columns('e')|fit(4) ]]
FROM [[ name ]]_event AS e
INNER JOIN [[ name ]]_refresh AS r ON e.batch_id = r.event_batch_id
WHERE r.part < r.parts AND MOD([[ hash('e') ]], r.parts) >= r.part;

-- The events that the tables are made of.
CREATE OR REPLACE VIEW v_[[ name ]]_event_applied
COPY GRANTS
AS
SELECT
    [[ event|columns('e')|fit(4) ]]
FROM [[ name ]]_event AS e
CROSS JOIN [[ name ]]_refresh AS r
WHERE
    r.part = r.parts
    OR e.batch_id <> r.event_batch_id
    OR MOD([[ hash('e') ]], r.parts) < r.part;

[% if history %]
CREATE OR REPLACE VIEW [[ name ]]_history
COPY GRANTS
COMMENT = 'SCD type 2: every version of every key with the interval [valid_from, valid_to) in which it was true'
AS
SELECT
    [[ (key|columns('c') + attributes|own_or('c', 's', shown=True))|fit(4) ]],
    c.valid_from,
    c.valid_to,
    FALSE AS is_current,
    c.source_file,
    c.source_row
FROM [[ name ]]_closed AS c
[% if lasting %]
INNER JOIN [[ name ]]_state AS s ON [[ same('c', 's') ]]
[% endif %]
UNION ALL
SELECT
    [[ (key + shown)|columns|fit(4) ]],
    update_timestamp AS valid_from,
    TO_TIMESTAMP_NTZ('9999-12-31 00:00:00', 'YYYY-MM-DD HH24:MI:SS')::TIMESTAMP_NTZ(6) AS valid_to,
    TRUE AS is_current,
    source_file,
    source_row
FROM [[ name ]];

-- What was true at as_of_time.
CREATE OR REPLACE FUNCTION [[ name ]]_as_of(as_of_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    [[ (key + shown)|arguments|fit(4) ]],
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    [[ (key + shown)|columns|fit(4) ]],
    valid_from, valid_to, is_current, source_file, source_row
FROM [[ name ]]_history
WHERE valid_from <= as_of_time AND as_of_time < valid_to
$$;

[% endif %]
-- What the warehouse believed at known_time about as_of_time: the last event per key with a time up to as_of_time and loaded_at <= known_time.
CREATE OR REPLACE FUNCTION [[ name ]]_as_known(as_of_time TIMESTAMP_NTZ, known_time TIMESTAMP_NTZ)
COPY GRANTS
RETURNS TABLE (
    [[ (key + shown)|arguments|fit(4) ]],
    updated_at TIMESTAMP_NTZ(6), loaded_at TIMESTAMP_NTZ(6), source_file VARCHAR, source_row NUMBER
)
AS
$$
SELECT
    [[ (key|columns + attributes|as_shown)|fit(4) ]],
    updated_at, loaded_at, source_file, source_row
FROM (
    SELECT *
    FROM v_[[ name ]]_event_applied
    WHERE updated_at <= as_of_time AND loaded_at <= known_time
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY [[ backwards|fit(8, 60) ]]) = 1
)
WHERE NOT is_delete
$$;
