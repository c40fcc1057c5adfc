-- Two updates of a key in one transaction have one time; neither says the notes, which lie in TOAST.
BEGIN;
UPDATE account SET tier = 'gold' WHERE id = 1;
UPDATE account SET balance = 99.99 WHERE id = 1;
COMMIT;
-- Another key.
UPDATE account SET id = 5 WHERE id = 2;
UPDATE account SET owner = NULL, prefs = '{"b": 1, "a": [1, 2]}' WHERE id = 3;
SELECT pg_logical_emit_message(true, 'shop', 'no row of any table');
-- A truncate and an insert of one transaction.
BEGIN;
TRUNCATE account;
INSERT INTO account VALUES (1, 'Ann', 'gold', 1.00, NULL, NULL, NULL, repeat('after the truncate ', 120));
COMMIT;
UPDATE account SET tier = 'silver', seen_at = '2026-03-02 12:00:00.123456+00' WHERE id = 1;
INSERT INTO account VALUES (6, 'Eve', 'basic', 5.00, '2026-03-02', NULL, NULL, 'x');
DELETE FROM account WHERE id = 6;
-- Two keys that are swapped in one transaction.
INSERT INTO account VALUES (7, 'Fay', 'basic', 7.00, NULL, NULL, NULL, NULL), (8, 'Gil', 'gold', 8.00, NULL, NULL, NULL, NULL);
BEGIN;
UPDATE account SET id = 9 WHERE id = 7;
UPDATE account SET id = 7 WHERE id = 8;
UPDATE account SET id = 8 WHERE id = 9;
COMMIT;
