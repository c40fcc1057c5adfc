"""An embedded Snowflake: just the objects that sql/ uses, on DuckDB. Knows nothing above it."""
