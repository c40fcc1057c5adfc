"""The definition of a dimension, beside the objects that it makes."""

import streamlit as st

from customertrack.console.page import Page


def show(page: Page) -> None:
    """The TOML and the SQL."""
    st.code(page.source.text(page.name), language="toml")
    for name, text in page.source.files(page.name):
        with st.expander(name):
            st.code(text, language="sql")
