"""Stands in for the package of the real driver (see ../sitecustomize.py)."""
