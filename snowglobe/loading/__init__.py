"""COPY INTO: files as rows, each file whole or not at all."""
