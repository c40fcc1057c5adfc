"""Finding a key: a field for a part of what is known of it, and the keys that have it."""

import streamlit as st

from customertrack.console.keys import in_address, of_address, shown
from customertrack.console.page import Page
from customertrack.console.widgets import empty, plain
from customertrack.console.words import plural
from customertrack.reads.found_keys import MOST, Match, Matches, find_keys, is_known, some_keys
from customertrack.reads.history import Key

_LONGEST = 60
# Keys that are listed in full height, and the height of a list of more, in pixels.
_FEW, _LIST = 6, 300


def choose_key(page: Page) -> Key | None:
    """The key of the address; None if there is none yet. Shows what to find one by, and what was found."""
    _field(page)
    wanted, written = page.query.get("find"), page.query.get("key")
    key = of_address(page.definition, written) if written is not None else None
    if wanted:
        _found(page, wanted, key)
    elif written is None:
        _examples(page)
    if written is not None and key is None:
        empty(f"{written} is no key of {page.name}; find one by a part of it, or of what it is like.")
    return key


def _field(page: Page) -> None:
    def find() -> None:
        page.query.set(find=st.session_state["_find"].strip() or None)

    def widen() -> None:
        page.query.set(was="1" if st.session_state["_was"] else None)

    st.session_state["_find"] = page.query.get("find") or ""
    st.session_state["_was"] = page.query.get("was") is not None
    st.text_input(
        "Find a key",
        key="_find",
        on_change=find,
        placeholder="Part of the key, or of any attribute",
        help="In capitals or not. Times are written as 2026-05-01 08:00:00, booleans as true and false.",
    )
    st.checkbox(
        "Also in what was, and of deleted keys",
        key="_was",
        on_change=widen,
        help="Reads every version, which takes longer.",
    )


def _found(page: Page, wanted: str, key: Key | None) -> None:
    found = find_keys(page.connection, page.tables, wanted, also_was=page.query.get("was") is not None)
    gone = _deleted(page, wanted, found)
    count = len(found.keys) + (gone is not None)
    if not count:
        more = "" if page.query.get("was") else " It may have been, before: tick the box above."
        empty(f"No {page.name} has {wanted} in its key or in an attribute.{more}")
        return
    more = " and more" if found.is_more else ""
    with st.expander(f"{plural(count, 'key')}{more}", expanded=key is None):
        if found.is_more:
            st.caption(f"The first {MOST} are shown. Type more, to find fewer.")
        with st.container(height=_LIST if count > _FEW else "content", border=False):
            if gone is not None:
                _offer(page, gone, f"{shown(gone)} (deleted)")
            for match in found.keys:
                _offer(page, match.key, _told(page, match, wanted))


def _told(page: Page, match: Match, wanted: str) -> str:
    """The key, and where the text was found, unless in the key."""
    name = shown(match.key) + ("" if match.is_present else " (deleted)")
    if match.column in (part.name for part in page.definition.key):
        return name
    return f"{name}, {match.column}: {_around(match.value, wanted)}"


def _deleted(page: Page, wanted: str, found: Matches) -> Key | None:
    """The key that the text is itself, if that is not there any more, so that nothing of it was looked at."""
    key = of_address(page.definition, wanted)
    if key is None or any(match.key == key for match in found.keys) or not is_known(page.connection, page.tables, key):
        return None
    return key


def _around(value: str, wanted: str) -> str:
    """A text, or of a long one the part in which the wanted one stands."""
    if len(value) <= _LONGEST:
        return value
    at = max(value.lower().find(wanted.lower()), 0)
    begin = max(min(at - _LONGEST // 3, len(value) - _LONGEST), 0)
    cut = value[begin : begin + _LONGEST]
    return f"{'…' * (begin > 0)}{cut}{'…' * (begin + _LONGEST < len(value))}"


def _examples(page: Page) -> None:
    keys = some_keys(page.connection, page.tables)
    if not keys:
        command = f"{page.source.program} ingest --dimension {page.name} FILE" if page.source.program else ""
        empty(f"There is no {page.name} now.", command)
        return
    st.caption("For example:")
    for key in keys:
        _offer(page, key, shown(key))


def _offer(page: Page, key: Key, label: str) -> None:
    def choose() -> None:
        page.query.set(key=in_address(key), t=None, k=None, version=None)

    st.button(plain(label), key=f"_key_{in_address(key)}", on_click=choose, type="tertiary")
