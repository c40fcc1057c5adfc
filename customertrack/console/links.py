"""From one page of the console to another, with what it is to show there.

No address is written as text: inside Snowflake it has other words (docs.snowflake.com, "Managing your Streamlit app").
"""

from collections.abc import Iterable, Mapping
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PAGES, _ARRIVING = "_pages", "_arriving"


def arrive(pages: Iterable[StreamlitPage]) -> None:
    """Before a page is shown: what was asked for on the way to it stands in the address. `pages`: all there are."""
    st.session_state[_PAGES] = {page.url_path: page for page in pages}
    asked = st.session_state.pop(_ARRIVING, None)
    if asked is not None:
        st.query_params.from_dict(asked)


def link(page: str, label: str, place: str, /, **query: str) -> None:
    """A button that leads to a page, by the end of its address, with these words in the address.

    `label`: as Markdown; `place`: what no other button is called.
    """
    if st.button(label, key=place, type="secondary"):
        lead(page, query)


def lead(page: str, query: Mapping[str, str]) -> NoReturn:
    """Go to a page, by the end of its address, with these words in the address."""
    st.session_state[_ARRIVING] = query
    st.switch_page(st.session_state[_PAGES][page])
