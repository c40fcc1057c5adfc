-- The read side: the current truth[[ ', every version, and the two questions about time' if history ]].
USE SCHEMA {{ database }}.dimension;

[% if merged %]
-- What compactions have put into the tables, and what was appended since (decision 0033). NOT EXISTS, because a window over both would sort all rows
-- for each reader; this hashes what is recent.
CREATE OR REPLACE VIEW v_[[ name ]]_state
COPY GRANTS
AS
SELECT
    [[ (key + state)|columns|fit(4) ]],
    [[ attributes|columns|fit(4) ]]
FROM [[ name ]]_recent
QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(4) ]] ORDER BY batch_id DESC) = 1
UNION ALL
SELECT
    [[ (key + state)|columns('s')|fit(4) ]],
    [[ attributes|columns('s')|fit(4) ]]
FROM [[ name ]]_state AS s
WHERE NOT EXISTS (SELECT 1 FROM [[ name ]]_recent AS r WHERE [[ same('r', 's') ]]);

[% if history %]
-- Of what is superseded, that was closed before: whatever is in [[ name ]]_closed, and of what was appended the rows of earlier batches.
CREATE OR REPLACE VIEW v_[[ name ]]_closed
COPY GRANTS
AS
SELECT
    [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns('r')|fit(4) ]][[ ',' if own ]]
[% if own %]
    [[ own|columns('r')|fit(4) ]]
[% endif %]
FROM [[ name ]]_recent_closed AS r
WHERE
    NOT EXISTS (
        SELECT 1 FROM [[ name ]]_superseded AS s
        WHERE
            [[ same('s', 'r') ]] AND s.valid_from = r.valid_from
            AND s.batch_id > r.batch_id
    )
UNION ALL
SELECT
    [[ (key + ['valid_from', 'valid_to', 'source_file', 'source_row'])|columns('c')|fit(4) ]][[ ',' if own ]]
[% if own %]
    [[ own|columns('c')|fit(4) ]]
[% endif %]
FROM [[ name ]]_closed AS c
WHERE NOT EXISTS (
    SELECT 1 FROM [[ name ]]_superseded AS s
    WHERE [[ same('s', 'c') ]] AND s.valid_from = c.valid_from
);

[% endif %]
[% endif %]
CREATE OR REPLACE VIEW [[ name ]]
COPY GRANTS
COMMENT = 'SCD type 1: the current truth, one row per key that is not deleted'
AS
SELECT
    [[ (key|columns + attributes|as_shown)|fit(4) ]],
    valid_from AS update_timestamp,
    source_file,
    source_row
FROM [[ states ]]
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

[% if snapshots %]
-- The events that no snapshot has replaced.
CREATE OR REPLACE VIEW v_[[ name ]]_event_standing
COPY GRANTS
AS
SELECT
    [[ event|columns('e')|fit(4) ]]
FROM [[ name ]]_event AS e
WHERE e.replaced_at IS NULL;

[% endif %]
-- The events that the tables are made of.[[ ' What a backlog replaces is still among them until its part has come.' if snapshots ]]
CREATE OR REPLACE VIEW v_[[ name ]]_event_applied
COPY GRANTS
AS
SELECT
    [[ event|columns('e')|fit(4) ]]
FROM [[ name ]]_event AS e
CROSS JOIN [[ name ]]_refresh AS r
WHERE
[% if snapshots %]
    (
        r.part = r.parts
        OR e.batch_id <> r.event_batch_id
        OR MOD([[ hash('e') ]], r.parts) < r.part
    )
    AND (
        e.replaced_at IS NULL
        OR (
            r.part < r.parts AND e.replaced_batch_id = r.event_batch_id
            AND MOD([[ hash('e') ]], r.parts) >= r.part
        )
    );
[% else %]
    r.part = r.parts
    OR e.batch_id <> r.event_batch_id
    OR MOD([[ hash('e') ]], r.parts) < r.part;
[% endif %]

[% if truncates %]
-- The same, and each truncate as the delete of each key that it is.
CREATE OR REPLACE VIEW v_[[ name ]]_input_applied
COPY GRANTS
AS
SELECT
    [[ event|columns|fit(4) ]]
FROM v_[[ name ]]_event_applied
UNION ALL
SELECT
    [[ event|of_barrier('b', key, 'k', sequence)|fit(4) ]]
FROM (SELECT DISTINCT [[ key|columns|fit(8) ]] FROM v_[[ name ]]_event_applied) AS k
CROSS JOIN [[ name ]]_barrier AS b
CROSS JOIN [[ name ]]_refresh AS r
WHERE
    r.part = r.parts
    OR b.batch_id <> r.event_batch_id
    OR MOD([[ hash('k') ]], r.parts) < r.part;

[% endif %]
[% if history %]
-- Every version, and no more about it than its own table says: who asks for less than [[ name ]]_history has reads this, without its join.
CREATE OR REPLACE VIEW v_[[ name ]]_version
COPY GRANTS
AS
SELECT
    [[ (key|columns('c') + attributes|own_or('c', 's', shown=True))|fit(4) ]],
    c.valid_from,
    c.valid_to,
    FALSE AS is_current,
    c.source_file,
    c.source_row
FROM [[ closed ]] AS c
[% if lasting %]
INNER JOIN [[ states ]] AS s ON [[ same('c', 's') ]]
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

-- What a version is called wherever something refers to it: one text of its key and its begin, whatever the session's parameters.
CREATE OR REPLACE FUNCTION [[ name ]]_version_id([[ key|arguments|fit(4, 40) ]], valid_from TIMESTAMP_NTZ(6))
COPY GRANTS
RETURNS VARCHAR
IMMUTABLE
AS
$$
MD5_HEX(
[% for part in key %]
    [[ '|| ' if not loop.first ]][[ part|identified ]] || ':'
[% endfor %]
    || TO_VARCHAR(valid_from, 'YYYY-MM-DD HH24:MI:SS.FF6')
)
$$;

-- A closed version is its key's last if the key is absent since its end.
CREATE OR REPLACE VIEW [[ name ]]_history
COPY GRANTS
COMMENT = 'SCD type 2: every version of every key with the interval [valid_from, valid_to) in which it was true'
AS
SELECT
    [[ (key + shown)|columns('v')|fit(4) ]],
    v.valid_from,
    v.valid_to,
    v.is_current,
    v.source_file,
    v.source_row,
    [[ name ]]_version_id([[ (key|columns('v') + ['v.valid_from'])|fit(8, 30) ]]) AS version_id,
    v.is_current OR s.valid_from IS NOT NULL AS is_last
FROM v_[[ name ]]_version AS v
LEFT JOIN [[ states ]] AS s
    ON
        [[ same('v', 's') ]]
        AND v.valid_to = s.valid_from AND s.signature IS NULL;

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
FROM v_[[ name ]]_version
WHERE valid_from <= as_of_time AND as_of_time < valid_to
$$;

-- The version that is in effect today where the one of this id began. What the id means is not in today's versions alone: a late event may have
-- moved that begin. But every version that there ever was began with an event, and events stay.
CREATE OR REPLACE FUNCTION [[ name ]]_version_of(known_version_id VARCHAR)
COPY GRANTS
RETURNS TABLE (
    [[ (key + shown)|arguments|fit(4) ]],
    valid_from TIMESTAMP_NTZ(6), valid_to TIMESTAMP_NTZ(6), is_current BOOLEAN, source_file VARCHAR, source_row NUMBER,
    version_id VARCHAR, is_last BOOLEAN
)
AS
$$
SELECT
    [[ (key + shown)|columns('h')|fit(4) ]],
    h.valid_from, h.valid_to, h.is_current, h.source_file, h.source_row,
    h.version_id, h.is_last
FROM [[ name ]]_history AS h
INNER JOIN (
    SELECT DISTINCT [[ (key + ['updated_at'])|columns|fit(8) ]]
    FROM [[ name ]]_event
    WHERE NOT is_delete AND [[ name ]]_version_id([[ (key + ['updated_at'])|columns|fit(12) ]]) = known_version_id
) AS e
    ON [[ same('e', 'h') ]]
    AND h.valid_from <= e.updated_at AND e.updated_at < h.valid_to
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
[% if partial %]
[% set source, filled, of_key, of_events, carry, known_before, anchor, more = applied, attributes, none, 'e.updated_at <= as_of_time AND e.loaded_at <= known_time', false, [], ['loaded_at'], false %]
[% include "_filled.sql" %]

        SELECT * FROM counting
        QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY updated_at DESC) = 1
[% else %]
[% if snapshots %]
    SELECT e.*
    FROM [[ name ]]_event AS e
    CROSS JOIN [[ name ]]_refresh AS r
    WHERE
        e.updated_at <= as_of_time AND e.loaded_at <= known_time AND (e.replaced_at IS NULL OR e.replaced_at > known_time)
        AND (
            r.part = r.parts
            OR e.batch_id <> r.event_batch_id
            OR MOD([[ hash('e') ]], r.parts) < r.part
        )
[% else %]
    SELECT *
    FROM [[ applied ]]
    WHERE updated_at <= as_of_time AND loaded_at <= known_time
[% endif %]
    QUALIFY ROW_NUMBER() OVER (PARTITION BY [[ key|columns|fit(8) ]] ORDER BY [[ backwards|fit(8, 60) ]]) = 1
[% endif %]
)
WHERE NOT is_delete
$$;
[% if storage and not merged %]

-- What the other layout had, if there was one.
DROP VIEW IF EXISTS v_[[ name ]]_state;
[% if history %]
DROP VIEW IF EXISTS v_[[ name ]]_closed;
[% endif %]
[% endif %]
