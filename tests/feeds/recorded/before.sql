DROP TABLE IF EXISTS account;
CREATE TABLE account (
    id integer PRIMARY KEY,
    owner varchar(40),
    tier varchar(10) DEFAULT 'basic',
    balance numeric(12, 2),
    opened_on date,
    seen_at timestamptz,
    prefs jsonb,
    notes text
);
ALTER TABLE account ALTER COLUMN notes SET STORAGE EXTERNAL;
INSERT INTO account VALUES
    (1, 'Ann', 'basic', 10.00, '2020-01-31', '2026-03-02 09:00:00+01', '{"a": [1, 2], "b": 1.0}', repeat('a long note ', 180)),
    (2, 'Bob', 'gold', 20.50, NULL, NULL, NULL, repeat('kept in TOAST ', 150)),
    (3, 'Cid', NULL, 0.00, NULL, NULL, NULL, NULL);
