"""What a person chooses on a page: each choice stands in the address, and is what the address says."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from customertrack.console.page import Page, Query


def choose(
    page: Page, name: str, label: str, options: Sequence[str], default: str, shown: Callable[[str], str] = str
) -> str:
    """One of the options, by `name` in the address; what is none of them there is the default. `shown`: as what."""
    key = _keyed(name)
    asked = page.query.get(name)
    st.session_state[key] = asked if asked in options else default
    st.selectbox(label, options, key=key, format_func=shown, on_change=_say, args=(name, default))
    return st.session_state[key]


def choose_day(page: Page, name: str, label: str, default: date, first: date, last: date) -> date:
    """A day from `first` to `last`."""
    key = _keyed(name)
    st.session_state[key] = min(max(_day(page.query.get(name)) or default, first), last)
    st.date_input(label, key=key, min_value=first, max_value=last, format="YYYY-MM-DD", on_change=_say, args=(name, ""))
    return st.session_state[key]


def choose_page(page: Page, pages: int) -> int:
    """Which page of rows, from 1 on. There is nothing to choose if there is only one."""
    asked = page.query.get("page") or ""
    number = min(max(int(asked), 1), pages) if asked.isdecimal() and asked.isascii() else 1
    if pages > 1:
        st.session_state["_page"] = number
        st.number_input(f"Page, of {pages:,}", 1, pages, key="_page", on_change=_say, args=("page", "1"))
    return number


def _keyed(name: str) -> str:
    return f"_{name}"


def _say(name: str, default: str) -> None:
    """Write a choice into the address. Of other rows it is the first page that is shown."""
    chosen = str(st.session_state[_keyed(name)])
    Query().set(**{"page": None, name: None if chosen == default else chosen})


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
