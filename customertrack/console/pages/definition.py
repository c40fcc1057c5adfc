"""The definition of a dimension, beside the objects that it makes."""

import streamlit as st

from customertrack.console.page import Page
from customertrack.console.widgets import table
from customertrack.dimension.definition import Attribute, Definition
from customertrack.reads.results import Table
from customertrack.sqltext.objects import made

_FILE = "_definition_file"
_CHANGES = {
    "version": "begins a version",
    "update": "the last value of each version",
    "correct": "the last value, in all versions",
    "keep": "the first value, in all versions",
}


def show(page: Page) -> None:
    """The TOML, what it says column by column, the objects and the SQL that makes them."""
    files = page.source.files(page.name)
    written, said = st.columns(2)
    with written:
        st.subheader("As it is written")
        st.code(page.source.text(page.name), language=None, wrap_lines=True)
    with said:
        st.subheader("Its key")
        table(_key(page.definition), f"{page.name}_key")
        st.subheader("Its attributes")
        table(_attributes(page.definition), f"{page.name}_attributes")
    st.subheader("The objects that it makes")
    table(_objects(files), f"{page.name}_objects")
    st.subheader("The SQL that makes them")
    st.caption("Rendered from the definition and committed. Names in double braces are filled in where it is applied.")
    _file(page, dict(files))


def _file(page: Page, texts: dict[str, str]) -> None:
    """One file of the SQL, which the address names."""
    if not texts:
        return
    asked = page.query.get("file")
    st.session_state[_FILE] = asked if asked in texts else next(iter(texts))
    chosen = st.selectbox(
        "File", list(texts), key=_FILE, on_change=lambda: page.query.set(file=st.session_state[_FILE])
    )
    st.code(texts[chosen], language=None, wrap_lines=True)


def _key(definition: Definition) -> Table:
    rows = [(part.name, part.type.name, part.feed_name, part.null, part.before) for part in definition.key]
    return Table(("name", "type", "in_the_feed", "null_is_stored_as", "key_before"), rows)


def _attributes(definition: Definition) -> Table:
    columns = ("name", "type", "a_change", "in_the_feed", "since", "before_that", "was", "retired")
    return Table(columns, [_attribute(one) for one in definition.attributes])


def _attribute(one: Attribute) -> tuple[object, ...]:
    before = {"null": "NULL", "first": "its first value"}[one.before] if one.since > 1 else None
    return (
        one.name,
        one.type.name,
        _CHANGES[one.change],
        one.feed_name,
        one.since,
        before,
        ", ".join(one.was) or None,
        one.retired,
    )


def _objects(files: list[tuple[str, str]]) -> Table:
    rows = [
        (one.kind.lower(), one.name, one.purpose, name)
        for name, text in files
        if not name.startswith("invariants/")
        for one in made(text, name)
    ]
    return Table(("kind", "name", "what_it_is_for", "made_by"), rows)
