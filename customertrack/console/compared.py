"""Two times: what was true at one, as known at the other, beside what is known of it now."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from customertrack.console.page import Page
from customertrack.console.picture import known_chart
from customertrack.console.times import choose_time
from customertrack.console.widgets import chart, plain, table
from customertrack.console.words import plural
from customertrack.reads.belief import Belief, belief, differing
from customertrack.reads.events_of_key import Events
from customertrack.reads.history import Key
from customertrack.reads.results import Table
from customertrack.reads.text import text

_FROM = ("updated_at", "loaded_at", "source_file", "source_row")


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
        f"When something of this key was loaded: {plural(len(loaded), 'time')}, first {text(loaded[0])}, last "
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
    differs = differing(now, then)
    st.text(_in_words(now, then, differs, text(time), known))
    if now or then:
        values = dict.fromkeys(name for one in (now, then) if one for name in one.values)
        rows = [
            (attribute, _value(now, attribute), _value(then, attribute), "differs" if attribute in differs else "")
            for attribute in values
        ]
        rows += [(what, _of(now, what), _of(then, what), "") for what in _FROM]
        if known is None:
            table(Table(("attribute", "known now"), [row[:2] for row in rows]), f"{name}_known")
        else:
            table(Table(("attribute", "known now", f"known at {text(known)}", "differs"), rows), f"{name}_known")
    lasting = [one.name for one in page.definition.shown if one.change != "version"]
    if lasting:
        st.caption(
            plain(
                f"{', '.join(lasting)}: here as the events said it until then. Versions show more: the last value "
                "of each, or the one that holds in all."
            )
        )


def _in_words(
    now: Belief | None, then: Belief | None, differs: Sequence[str], time: str, known: datetime | None
) -> str:
    if known is None:
        return f"This was true at {time}, as is known now." if now else f"It was not there at {time}, as is known now."
    if now is None and then is None:
        return f"It was not there at {time}, as is known now, and as was known at {text(known)}."
    if now is None:
        return f"It was not there at {time}, as is known now. At {text(known)} it was believed to be there."
    if then is None:
        return f"It was there at {time}, as is known now. At {text(known)} that was not known."
    if not differs:
        return f"What was known at {text(known)} of {time} is what is known now."
    return f"Of {time} something else was known at {text(known)}: {', '.join(differs)}."


def _value(one: Belief | None, attribute: str) -> str:
    if one is None:
        return "not there"
    value = one.values[attribute]
    return "NULL" if value is None else text(value)


def _of(one: Belief | None, what: str) -> str:
    return "" if one is None else text(getattr(one, what))
