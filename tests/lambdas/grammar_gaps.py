"""Statements of the functions that a grammar lacks though Snowflake documents them: beginning, and the vendor's page.

As in tests/sql/grammar_gaps.py: an entry that the grammar reads by now, or that is no longer sent, fails a test.
"""

REFERENCE = "https://docs.snowflake.com/en/sql-reference/sql"

SQLGLOT = {
    "ALTER NOTIFICATION INTEGRATION": f"{REFERENCE}/alter-notification-integration-queue-outbound-aws",
    "ALTER PIPE": f"{REFERENCE}/alter-pipe",
    "ALTER STAGE": f"{REFERENCE}/alter-stage",
    "ALTER STORAGE INTEGRATION": f"{REFERENCE}/alter-storage-integration",
    "ALTER TASK": f"{REFERENCE}/alter-task",
    "CREATE NOTIFICATION INTEGRATION": f"{REFERENCE}/create-notification-integration-queue-outbound-aws",
    "DROP PIPE": f"{REFERENCE}/drop-pipe",
    "SHOW STREAMS": f"{REFERENCE}/show-streams",
    "SHOW TASKS": f"{REFERENCE}/show-tasks",
}
# Of the two about storage it lacks the external id alone, which test_grammars.py shows.
SQLFLUFF = {
    "ALTER NOTIFICATION INTEGRATION": f"{REFERENCE}/alter-notification-integration-queue-outbound-aws",
    "ALTER STORAGE INTEGRATION": f"{REFERENCE}/alter-storage-integration",
    "CREATE STORAGE INTEGRATION": f"{REFERENCE}/create-storage-integration",
}
