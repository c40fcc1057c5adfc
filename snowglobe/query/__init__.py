"""Ordinary SQL: queries and DML, checked node by node and translated to DuckDB's."""
