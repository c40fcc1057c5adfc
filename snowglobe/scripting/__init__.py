"""Snowflake Scripting: a procedure's body parsed once (parser), its statements run one by one on a session (run)."""
