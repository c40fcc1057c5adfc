"""A backlog of which nothing is applied yet, as a run leaves it that is stopped after its first transaction."""

from snowglobe import Connection

_LOGGED = """
INSERT FIRST
    WHEN reject_reasons IS NULL THEN
        INTO customer_event (
            customer_id, updated_at, is_delete, source_file, source_row, loaded_at, batch_id
        )
        VALUES (customer_id, updated_at, is_delete, source_file, source_row, loaded_at, event_batch_id)
    ELSE
        INTO customer_reject (reject_reasons, source_file, source_row, loaded_at, batch_id)
        VALUES (reject_reasons, source_file, source_row, loaded_at, event_batch_id)
SELECT v.*, r.event_batch_id
FROM v_customer_changing_data AS v
CROSS JOIN customer_refresh AS r
"""


def leave(connection: Connection, parts: int = 2) -> None:
    """Log what is pending, and have it to be applied in so many parts."""
    cursor = connection.cursor()
    cursor.execute("UPDATE customer_refresh SET batch_id = batch_id + 1, event_batch_id = batch_id + 1, part = 0")
    cursor.execute(_LOGGED)
    cursor.execute("UPDATE customer_refresh SET parts = ?", [parts])
    cursor.execute(
        "INSERT INTO customer_backlog (event_batch_id, parts) SELECT event_batch_id, parts FROM customer_refresh"
    )
