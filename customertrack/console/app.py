"""The console itself: its pages, which dimension is looked at, and what is said when something cannot be shown."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from inspect import signature
from types import ModuleType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from customertrack.console.links import arrive, lead
from customertrack.console.page import DIMENSION, Page, Query
from customertrack.console.pages import changes, definition, one_key, overview, refreshes, rejects
from customertrack.console.source import AskAgainError, NothingThereError, Source
from customertrack.console.widgets import empty, plain
from customertrack.errors import UserError
from customertrack.warehouse import WarehouseError, sentence_of

# Without icons: a browser would fetch that of the page from another host.
_PAGES: tuple[tuple[str, ModuleType], ...] = (
    ("Overview", overview),
    ("One key", one_key),
    ("Changes", changes),
    ("Rejects", rejects),
    ("Refreshes", refreshes),
    ("Definition", definition),
)

# How often a page was asked without a whole answer, and how often it may be.
_ASKED, _MOST_TIMES = "_asked", 5


def show(source: Source) -> None:
    """One run of the console: the page of the address."""
    st.set_page_config("CustomerTrack", layout="wide")
    pages = [
        st.Page(
            partial(open_page, source, title, module.show),
            title=title,
            url_path="" if module is overview else module.__name__.rpartition(".")[2],
            default=module is overview,
        )
        for title, module in _PAGES
    ]
    chosen = st.navigation([*pages, *_typed()])
    arrive(pages)
    chosen.run()


def _typed() -> list[StreamlitPage]:
    """What leads from /overview, which somebody may type, to the Overview: the first page has no name in its address.

    It is not among those to choose from, which older versions of Streamlit, as that in Snowflake, cannot have.
    """
    if "visibility" not in signature(st.Page).parameters:
        return []
    return [
        st.Page(lambda: lead("", st.query_params.to_dict()), title="Overview", url_path="overview", visibility="hidden")
    ]


def open_page(source: Source, title: str, page: Callable[[Page], None]) -> None:
    """Show a page of the dimension of the address. Whatever goes wrong becomes a sentence."""
    st.title(title)
    try:
        name = _chosen(source)
        if name:
            with ExitStack() as stack:
                stack.enter_context(_waiting(f"Dimension {plain(name)}. All times are UTC."))
                connection = stack.enter_context(source.reading(name))
                # After that, for it may have been waited for, while the tables were made to fit another definition.
                page(Page(source, source.definition(name), connection))
            st.session_state.pop(_ASKED, None)
    except AskAgainError as error:
        _ask_again(error)
    except NothingThereError as nothing:
        empty(str(nothing), nothing.command)
    except UserError as error:
        st.error(plain(str(error)))
    except Exception as error:  # noqa: BLE001  whatever happens, a reader sees a sentence
        if isinstance(error, WarehouseError):
            st.error(plain(sentence_of(error)))
        else:
            st.error(plain(f"This is a defect ({type(error).__name__}: {error})."))


@contextmanager
def _waiting(caption: str) -> Iterator[None]:
    """Say what the page does while it waits, beside its caption, so that nothing below moves."""
    line = st.container(horizontal=True, vertical_alignment="center")
    line.caption(caption, width="content")
    with ExitStack() as stack:
        with line:
            stack.enter_context(st.spinner("Asking ..."))
        yield


def _ask_again(error: AskAgainError) -> None:
    """Run the page once more, but not for ever."""
    asked = st.session_state.get(_ASKED, 0) + 1
    st.session_state[_ASKED] = asked % _MOST_TIMES
    if asked < _MOST_TIMES:
        st.rerun()
    st.error(plain(str(error)))


def _chosen(source: Source) -> str | None:
    """The dimension of the address, or the one that was looked at last, which is then written there; None: none."""
    names, query = source.names(), Query()
    if not names:
        return None
    asked = query.get(DIMENSION)
    if asked and asked not in names:
        empty(f"There is no dimension {asked} here. There is: {', '.join(names)}.")
        query.set(dimension=None)
    last = st.session_state.get("_last_dimension")
    name = next(one for one in (asked, last, "customer", names[0]) if one in names)
    st.session_state["_dimension"] = st.session_state["_last_dimension"] = name
    st.sidebar.selectbox("Dimension", names, key="_dimension", on_change=_choose)
    query.set(dimension=name)
    return name


def _choose() -> None:
    """What was chosen of another dimension means nothing in this one."""
    st.query_params.from_dict({DIMENSION: st.session_state["_dimension"]})
