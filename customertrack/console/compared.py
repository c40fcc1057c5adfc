"""Two times: what was true at one, as known at the other, beside what is known of it now."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from customertrack.console.page import Page
from customertrack.console.picture import known_chart
from customertrack.console.times import NOW, choose_time
from customertrack.console.widgets import chart, plain, table
from customertrack.reads.belief import Belief, belief, differing
from customertrack.reads.events_of_key import Events
from customertrack.reads.history import Key
from customertrack.reads.results import Table
from customertrack.reads.text import text


def compare(page: Page, key: Key, events: Events, stops: Sequence[datetime], name: str) -> None:
    """Two sliders and what differs. `stops`: times at which something may have changed."""
    st.subheader("What was true, and what was known", anchor=False)
    left, right = st.columns(2)
    with left:
        time = choose_time(page, "t", "True at", "Stops at the begin and the end of each version.", stops)
    with right:
        explained = "Stops at each time at which something was loaded of this key. Now: all that is known."
        known = choose_time(page, "k", "As known at", explained, events.known_at, ends_now=True)
    assert time is not None
    loaded = sorted({event.loaded_at for event in events.events})
    chart(
        known_chart(events, known),
        f"When something of this key was loaded: {len(loaded):,} times, first {text(loaded[0])}, last "
        f"{text(loaded[-1])}. A triangle marks something that arrived late, a line the time that is chosen above.",
        Table(("loaded_at",), [(one,) for one in loaded]),
        f"{name}_loaded",
    )
    now = belief(page.connection, page.tables, key, time)
    then = now if known is None else belief(page.connection, page.tables, key, time, known)
    _told(page, now, then, time, known, name)


def _told(
    page: Page, now: Belief | None, then: Belief | None, time: datetime, known: datetime | None, name: str
) -> None:
    at = NOW if known is None else text(known)
    differs = differing(now, then)
    st.text(_in_words(now, then, differs, text(time), at))
    if now or then:
        rows = [
            (attribute, _value(now, attribute), _value(then, attribute), "differs" if attribute in differs else "")
            for attribute in (now or then).values
        ]
        rows += [
            (what, _of(now, what), _of(then, what), "")
            for what in ("updated_at", "loaded_at", "source_file", "source_row")
        ]
        table(Table(("attribute", "known now", f"known at {at}", "differs"), rows), f"{name}_known")
    lasting = [one.name for one in page.definition.shown if one.change != "version"]
    if lasting:
        st.caption(
            plain(
                f"{', '.join(lasting)}: here as the events said it until then. Versions show more: the last value "
                "of each, or the one that holds in all."
            )
        )


def _in_words(now: Belief | None, then: Belief | None, differs: Sequence[str], time: str, known: str) -> str:
    if now is None and then is None:
        return f"It was not there at {time}, as known now and at {known}."
    if now is None:
        return f"It was not there at {time}, as is known now. At {known} it was believed to be there."
    if then is None:
        return f"It was there at {time}, as is known now. At {known} that was not known."
    if not differs:
        return f"What was known at {known} of {time} is what is known now."
    return f"Of {time} something else was known at {known}: {', '.join(differs)}."


def _value(one: Belief | None, attribute: str) -> str:
    if one is None:
        return "not there"
    value = one.values[attribute]
    return "NULL" if value is None else text(value)


def _of(one: Belief | None, what: str) -> str:
    return "" if one is None else text(getattr(one, what))
