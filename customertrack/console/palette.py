"""The colours: those of the charts stand out from the light and from the dark ground alike, at least 3 to 1."""

BLUE, ORANGE, GREEN, VIOLET, RED, GREY = "#2f7fc1", "#c2700f", "#2e8f60", "#8a63c9", "#d1495b", "#76828f"

LANDED, APPLIED, REJECTED = GREY, BLUE, RED
VERSIONS, LATE = GREEN, ORANGE
SERIES = (BLUE, ORANGE, GREEN, VIOLET, RED, GREY)
"""For what has no colour of its own, in this order."""
BARS, ON_BARS = ("#2a76b5", "#66727f"), "#ffffff"
"""Bars with text on them: 3 to 1 from either ground, and 4.5 to 1 from the text."""

THEMES = {
    "light": {
        "primaryColor": "#1f6098",
        "backgroundColor": "#ffffff",
        "secondaryBackgroundColor": "#f3f5f8",
        "textColor": "#0e141b",
        "linkColor": "#1f6098",
        "borderColor": "#d3dae2",
    },
    "dark": {
        "primaryColor": "#7ab8e6",
        "backgroundColor": "#12171d",
        "secondaryBackgroundColor": "#1b222b",
        "textColor": "#e6eaee",
        "linkColor": "#7ab8e6",
        "borderColor": "#3a4552",
    },
}
"""Streamlit's words for the colours of a page, by theme; which one is used follows the reader's system."""
