"""One key over time."""

import streamlit as st

from customertrack.console.page import Page
from customertrack.console.widgets import empty, table
from customertrack.reads.history import telling_key, versions_of


def show(page: Page) -> None:
    """All versions of a key whose history shows most."""
    key = telling_key(page.connection, page.tables)
    if key is None:
        empty("No version has been made yet.")
        return
    st.text(", ".join(map(str, key)))
    table(versions_of(page.connection, page.tables, key), f"{page.name}_versions")
