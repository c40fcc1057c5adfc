"""The timeline of a key as a picture: versions as bars, below them what changed; and when it was known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import altair as alt
import pandas as pd

from customertrack.console.chart_data import end_of_scale, milliseconds
from customertrack.console.palette import BARS, GREEN, GREY, LATE, ON_BARS, RED
from customertrack.console.widgets import Picture
from customertrack.reads.events_of_key import Events
from customertrack.reads.text import text
from customertrack.reads.timeline import Gap, Timeline, Version

MOST = 100
"""So many versions are told apart in one picture."""
PICKED = "picked"
"""What the picture calls the version that was clicked on."""
_VERSIONS = "(versions)"
_LANE, _LONGEST, _CHARACTER = 26, 60, 7
# The lowest axis, with its title, and room for a triangle above.
_AXIS = 78
_LABELS = 130


@dataclass(frozen=True)
class Window:
    """What of a timeline is drawn: some versions, oldest first, and the gaps among and after them."""

    versions: Sequence[Version]
    gaps: Sequence[Gap]

    @property
    def lanes(self) -> list[str]:
        """The attributes that change in it."""
        touching = list(pairwise(self.versions))
        return [
            name
            for name in self.versions[0].values
            if any(one.values[name] != other.values[name] for one, other in touching)
        ]

    @property
    def begins_and_ends(self) -> tuple[datetime, datetime]:
        """Between which times it is drawn. Neither the open end nor a long first version takes the room of the rest."""
        bounds = [version.valid_from for version in self.versions]
        bounds += [version.valid_to for version in self.versions if not version.is_current]
        times = sorted(set(bounds))
        first, last = times[0], times[-1]
        if len(times) > 2 and times[1] - first > 3 * (last - times[1]):
            first = times[1] - (last - times[1])
        return first, last + ((last - first) * 0.15 or timedelta(days=1))


def window_of(timeline: Timeline, last: int) -> Window:
    """The versions up to the number `last`, as many as a picture takes."""
    versions = [version for version in timeline.versions if last - MOST < version.number <= last]
    begin, end = versions[0].valid_from, versions[-1].valid_to
    return Window(versions, [gap for gap in timeline.gaps if begin < gap.begins <= end])


def timeline_chart(window: Window, chosen: Version, time: datetime) -> Picture:
    """The versions of a window, `chosen` in a frame, and a line at `time`. A click picks one, by its number."""
    begin, end = window.begins_and_ends
    lanes = [_VERSIONS, *window.lanes]
    across, along = _across("true, UTC", begin, end)
    down = alt.Y("lane:N", sort=lanes, title=None, axis=alt.Axis(labelLimit=_LABELS, ticks=False, domain=False))
    told = [alt.Tooltip(f"{name}:N", title=title) for name, title in _TOLD.items()]
    bars = alt.Chart(pd.DataFrame(_bars(window, begin, end)))
    drawn = (
        bars.mark_bar(clip=True, height=_LANE - 5, cornerRadius=2, cursor="pointer")
        .encode(
            across,
            alt.X2("end"),
            down,
            alt.Color("parity:N", scale=alt.Scale(domain=["even", "odd"], range=list(BARS)), legend=None),
            tooltip=told,
        )
        .add_params(alt.selection_point(name=PICKED, fields=["number"], on="click", empty=False))
    )
    # As much of the text as the bar has room for, however wide the picture is.
    texts = (
        bars.transform_calculate(room=f"floor((datum.share * width - 8) / {_CHARACTER})")
        .transform_calculate(
            fitting="datum.room >= length(datum.label) ? datum.label "
            ": datum.room > 4 ? slice(datum.label, 0, datum.room - 1) + '…' : ''"
        )
        .mark_text(align="left", dx=5, color=ON_BARS, clip=True)
        .encode(along, down, alt.Text("fitting:N"))
    )
    framed = bars.transform_filter(f"datum.lane == '{_VERSIONS}' && datum.number == {chosen.number}")
    frame = framed.mark_bar(clip=True, height=_LANE - 3, filled=False, color=GREEN, strokeWidth=3)
    layers = [drawn, texts, frame.encode(along, alt.X2("end"), down, tooltip=told)]
    if window.gaps:
        gaps = alt.Chart(pd.DataFrame(_gaps(window.gaps, begin, end)))
        layers.append(
            gaps.mark_bar(
                clip=True, height=_LANE - 7, filled=False, color=GREY, strokeDash=[4, 3], strokeWidth=1.5
            ).encode(along, alt.X2("end"), down, tooltip=told)
        )
        layers.append(
            gaps.transform_calculate(fitting=f"datum.share * width > {9 * _CHARACTER} ? 'deleted' : ''")
            .mark_text(align="left", dx=5, color=GREY, fontStyle="italic", clip=True)
            .encode(along, down, alt.Text("fitting:N"))
        )
    late = [_late(version, begin) for version in window.versions if version.is_late]
    if late:
        layers.append(
            alt.Chart(pd.DataFrame(late))
            .mark_point(shape="triangle-down", filled=True, size=110, color=LATE, opacity=1, yOffset=-_LANE / 2)
            .encode(along, down, tooltip=told)
        )
    if begin <= time <= end:
        layers.append(
            alt.Chart(pd.DataFrame([{"begin": milliseconds(time), "told": f"true at {text(time)}"}]))
            .mark_rule(color=RED, strokeWidth=2)
            .encode(along, tooltip=[alt.Tooltip("told:N", title="line")])
        )
    return alt.layer(*layers).properties(height=_LANE * len(lanes) + _AXIS)


def known_chart(events: Events, known: datetime | None) -> Picture:
    """When something was loaded of the key: a tick each, a triangle where something late was among it, and a line at
    `known`."""
    loaded: dict[datetime, list[bool]] = {}
    for event in events.events:
        loaded.setdefault(event.loaded_at, []).append(event.is_late)
    rows = [
        {"begin": milliseconds(at), "loaded_at": text(at), "events": len(late), "late": sum(late)}
        for at, late in loaded.items()
    ]
    times = [*loaded, *([known] if known else [])]
    pad = (max(times) - min(times)) * 0.05 or timedelta(days=1)
    across, along = _across("loaded, UTC", min(times) - pad, max(times) + pad)
    down = alt.Y("lane:N", title=None, axis=alt.Axis(minExtent=0, ticks=False, domain=False, labelLimit=_LABELS))
    told = [alt.Tooltip(f"{name}:N") for name in ("loaded_at", "events", "late")]
    points = alt.Chart(pd.DataFrame([row | {"lane": "(loaded)"} for row in rows]))
    layers = [points.mark_tick(thickness=2, size=_LANE - 6, color=BARS[0]).encode(across, down, tooltip=told)]
    if any(row["late"] for row in rows):
        layers.append(
            points.transform_filter("datum.late > 0")
            .mark_point(shape="triangle-down", filled=True, size=110, color=LATE, opacity=1, yOffset=-_LANE / 2)
            .encode(along, down, tooltip=told)
        )
    if known:
        line = pd.DataFrame([{"begin": milliseconds(known), "told": f"known at {text(known)}"}])
        rule = alt.Chart(line).mark_rule(color=RED, strokeWidth=2)
        layers.append(rule.encode(along, tooltip=[alt.Tooltip("told:N", title="line")]))
    return alt.layer(*layers).properties(height=_LANE * 2 + _AXIS)


def _across(title: str, begin: datetime, end: datetime) -> tuple[alt.X, alt.X]:
    """The direction of time: for the first layer, which says from when till when, and for the others."""
    axis = alt.Axis(labelOverlap=True, grid=False)
    scale = alt.Scale(type="utc", domain=[end_of_scale(begin), end_of_scale(end)])
    return alt.X("begin:T", title=title, axis=axis, scale=scale), alt.X("begin:T", title=title, axis=axis)


_TOLD = {
    "lane": "attribute",
    "value": "value",
    "versions": "version",
    "valid_from": "from",
    "valid_to": "to",
    "note": "what",
}


def _bars(window: Window, begin: datetime, end: datetime) -> Iterator[Mapping[str, Any]]:
    for version in window.versions:
        changed = ", ".join(version.changed)
        what = ("began: " if version.is_first else "changed: ") + changed
        late = "; arrived late" if version.is_late else ""
        yield _bar(_VERSIONS, str(version.number), [version], begin, end) | {
            "value": "",
            "note": _short(what) + late,
            "parity": "odd" if version.number % 2 else "even",
        }
    for name in window.lanes:
        for number, stretch in enumerate(_stretches(window.versions, name)):
            value = stretch[0].values[name]
            told = "NULL" if value is None else _short(text(value))
            yield _bar(name, told, stretch, begin, end) | {
                "value": told,
                "note": "",
                "parity": "odd" if number % 2 else "even",
            }


def _stretches(versions: Sequence[Version], name: str) -> Iterator[list[Version]]:
    """Versions that touch and have one value of an attribute."""
    stretch: list[Version] = []
    for version in versions:
        if stretch and (version.is_first or version.values[name] != stretch[0].values[name]):
            yield stretch
            stretch = []
        stretch.append(version)
    yield stretch


def _bar(lane: str, label: str, stretch: Sequence[Version], begin: datetime, end: datetime) -> dict[str, Any]:
    first, last = stretch[0], stretch[-1]
    drawn_from, drawn_to = max(first.valid_from, begin), min(last.valid_to, end)
    numbers = str(first.number) if first is last else f"{first.number} to {last.number}"
    return {
        "lane": lane,
        "label": label,
        "number": first.number,
        "versions": numbers,
        "begin": milliseconds(drawn_from),
        "end": milliseconds(drawn_to),
        "share": (drawn_to - drawn_from) / (end - begin),
        "valid_from": text(first.valid_from),
        "valid_to": "open" if last.is_current else text(last.valid_to),
    }


def _gaps(gaps: Sequence[Gap], begin: datetime, end: datetime) -> Iterator[Mapping[str, Any]]:
    for gap in gaps:
        drawn_from, drawn_to = max(gap.begins, begin), min(gap.ends or end, end)
        yield {
            "lane": _VERSIONS,
            "begin": milliseconds(drawn_from),
            "end": milliseconds(drawn_to),
            "share": (drawn_to - drawn_from) / (end - begin),
            "valid_from": text(gap.begins),
            "valid_to": text(gap.ends) if gap.ends else "still",
            "versions": "",
            "value": "",
            "note": "deleted",
        }


def _late(version: Version, begin: datetime) -> Mapping[str, Any]:
    return {
        "lane": _VERSIONS,
        "begin": milliseconds(max(version.valid_from, begin)),
        "versions": str(version.number),
        "valid_from": text(version.valid_from),
        "valid_to": "open" if version.is_current else text(version.valid_to),
        "value": "",
        "note": "arrived late",
    }


def _short(written: str) -> str:
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
