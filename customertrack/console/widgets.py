"""What the pages have in common: tables, charts, numbers, empty states. Values are shown as text, never as markup."""

import re
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import altair as alt
import streamlit as st
from streamlit.errors import StreamlitAPIException

from customertrack.console.cells import frame, to_csv
from customertrack.reads.results import Table

Picture = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart | alt.VConcatChart

# Keeps what follows a sign apart from it, so that no two make an emoji, an arrow or a link: Unicode, "WORD JOINER".
_JOINER, _APOSTROPHE = "\u2060", "'"
_SIGN = re.compile(r"([!-/:-@\[-`{-~])(?=(\S?))")
_ROW, _HEAD, _MOST_ROWS = 35, 37, 15
# Older versions of Streamlit, as that in Snowflake, say None.
_NULL: Mapping[str, Any] = {"placeholder": "NULL"} if "placeholder" in signature(st.dataframe).parameters else {}


def plain(text: str) -> str:
    """A text for places that read Markdown (labels, captions): shown as it is, on one line."""
    return _SIGN.sub(_escaped, " ".join(text.split()))


def _escaped(found: re.Match[str]) -> str:
    sign, following = found.groups()
    return f"\\{sign}{_JOINER if following and sign != _APOSTROPHE else ''}"


def table(result: Table, file_name: str, *, height: int | None = None) -> None:
    """Rows as text and numbers, with a button for all of them as CSV. `file_name`: that of the CSV, without ending."""
    shown = height or _HEAD + _ROW * min(max(len(result.rows), 1), _MOST_ROWS)
    st.dataframe(frame(result), hide_index=True, height=shown, row_height=_ROW, **_NULL)
    _csv(result, file_name)


def chart(picture: Picture, described_as: str, data: Table, file_name: str) -> None:
    """A chart as wide as its place, a sentence that says what it shows, and its data as CSV."""
    st.altair_chart(picture.properties(description=described_as))
    st.caption(plain(described_as))
    _csv(data, file_name)


def chart_to_pick(picture: Picture, described_as: str, key: str, on_pick: Callable[[], None]) -> None:
    """The same without data of its own, where a click picks something: then `on_pick` is called, and the session's
    state of `key` says what. Of layers nothing can be picked with older versions of Streamlit.
    """
    drawn = picture.properties(description=described_as)
    try:
        st.altair_chart(drawn, key=key, on_select=on_pick)
    except StreamlitAPIException:
        st.altair_chart(drawn)
    st.caption(plain(described_as))


def number(label: str, value: int | str | None, explained: str | None = None) -> None:
    """One figure. `label`, `explained`: the page's own words. None: there is none."""
    written = "-" if value is None else f"{value:,}" if isinstance(value, int) else value
    st.metric(label, written, help=explained, width="content")


def empty(sentence: str, command: str = "") -> None:
    """Why there is nothing to see, and the command that changes that."""
    st.info(plain(sentence))
    if command:
        st.code(command, language=None, wrap_lines=True)


def _csv(data: Table, file_name: str) -> None:
    name = f"{file_name}.csv"
    st.download_button(
        "CSV",
        to_csv(data),
        name,
        "text/csv",
        key=f"csv:{name}",
        help="All rows, as a file",
        # The page stays as it is: nothing is asked again.
        on_click="ignore",
        icon=":material/download:",
    )
