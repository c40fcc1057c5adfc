"""The read side: plain Snowflake SQL with binds, for either warehouse, a question per module."""
