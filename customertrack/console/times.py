"""A time that is chosen: by a slider over those that matter, or typed. It stands in the address, in UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from customertrack.console.page import Page
from customertrack.reads.text import text

NOW = "now"
# What a hand can tell apart on a slider.
_MOST_STOPS = 200


def time_of(written: str | None) -> datetime | None:
    """A time in ISO 8601 as UTC, where it has no offset; None if it is none."""
    try:
        time = datetime.fromisoformat((written or "").strip())
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    except (ValueError, OverflowError):
        return None


def choose_time(
    page: Page, name: str, label: str, explained: str, stops: Sequence[datetime], *, ends_now: bool = False
) -> datetime | None:
    """The time of the address, which a slider and a field change; without one the last of `stops`.

    `name`: in the address. `ends_now`: the last stop is now, which is None, and what is without one.
    """
    chosen = time_of(page.query.get(name))
    if chosen is None and not ends_now:
        chosen = stops[-1]
    slider, field = f"_slider_{name}", f"_typed_{name}"
    written = text(chosen) if chosen else NOW
    times = _thinned(stops) + ([chosen] if chosen else [])
    options = [text(time) for time in sorted(set(times))] + [NOW] * ends_now

    def slide() -> None:
        page.query.set(**{name: _in_address(st.session_state[slider])})

    def type_in() -> None:
        typed = st.session_state[field].strip()
        if typed in ("", NOW) or time_of(typed):
            page.query.set(**{name: _in_address(typed)})
        else:
            st.session_state[f"_wrong_{name}"] = typed

    if len(options) > 1:
        st.session_state[slider] = written
        # The field below has the whole time; a slider's label has little room at its ends.
        shown = {option: option[:16] for option in options}
        st.select_slider(label, options, key=slider, format_func=shown.__getitem__, on_change=slide, help=explained)
    st.session_state[field] = written
    st.text_input(f"{label}, typed", key=field, on_change=type_in, help="ISO 8601, in UTC: 2026-05-01 08:00")
    if wrong := st.session_state.pop(f"_wrong_{name}", None):
        st.warning("That is no time. Type one as 2026-05-01 08:00, in UTC." if wrong else "")
    return chosen


def _in_address(written: str) -> str | None:
    if time := time_of(written):
        return time.isoformat()
    return None


def _thinned(stops: Sequence[datetime]) -> list[datetime]:
    """All of them, or as many at even steps, the first and the last among them."""
    if len(stops) <= _MOST_STOPS:
        return list(stops)
    step = (len(stops) - 1) / (_MOST_STOPS - 1)
    return [stops[round(at * step)] for at in range(_MOST_STOPS)]
