-- What the refresh notes down for the next one, and the gate that each refresh passes. Before all else: what a definition changes about a derivation must
-- not be there for a refresh of the one before. It waits, with nothing lost, until its own text is that of the new definition (decision 0036).
USE SCHEMA {{ database }}.dimension;

-- One row. Updating it first makes concurrent refreshes wait for each other; the batch number rises with each, and is nobody else's.
CREATE OR ALTER TABLE orders_refresh (
    batch_id NUMBER(38, 0) NOT NULL COMMENT 'The last batch',
    event_batch_id NUMBER(38, 0) NOT NULL COMMENT 'That of its events in orders_event: of a backlog, the number of its first part',
    parts NUMBER(38, 0) NOT NULL COMMENT 'In how many parts they are applied, by a hash of the key; 1 unless they are a backlog',
    part NUMBER(38, 0) NOT NULL COMMENT 'The last part that is applied: fewer than parts while some are left',
    most_rows NUMBER(38, 0) NOT NULL COMMENT 'More landed rows than this are a backlog, applied in parts of about so many',
    derivation VARCHAR NOT NULL COMMENT 'How the tables follow from the log, by the definition that is in force',
    derived_as VARCHAR NOT NULL COMMENT 'How they were derived; no refresh goes on from tables that were derived otherwise'
)
COMMENT = 'Number of the last refresh, what is left of a backlog, and how much one transaction takes';

INSERT INTO orders_refresh (batch_id, event_batch_id, parts, part, most_rows, derivation, derived_as)
SELECT
    first_row.batch_id, first_row.event_batch_id, first_row.parts, first_row.part, first_row.most_rows,
    first_row.derivation, first_row.derivation AS derived_as
FROM (SELECT 0 AS batch_id, 0 AS event_batch_id, 1 AS parts, 1 AS part, 5000000 AS most_rows, '833d084853fc' AS derivation) AS first_row
WHERE NOT EXISTS (SELECT 1 FROM orders_refresh);

-- Closes the gate behind the refresh that runs, which this waits for. R__50 opens it.
UPDATE orders_refresh SET derivation = '833d084853fc'
WHERE derivation <> '833d084853fc';
