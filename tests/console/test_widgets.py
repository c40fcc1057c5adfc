"""Values come through as they are: as text in the browser, exactly in CSV, never as markup."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from customertrack.console import palette
from customertrack.console.cells import frame, to_csv
from customertrack.console.widgets import plain
from customertrack.reads.results import Table

JOINER = "\u2060"
# Each would be shown as something else if Markdown read it.
MARKUP = [
    "<script>alert(1)</script>",
    "<b>bold</b>",
    "**bold** _italic_ `code` ~~gone~~",
    "[a link](https://example.com)",
    "https://example.com www.example.com anna@example.com",
    "# heading",
    "1. one",
    ":red[red] :smile: :material/home:",
    "$x^2$",
    "a -> b <- c -- d >= e",
    "| a | b |",
    "&lt;",
    "\\",
]


@pytest.mark.parametrize("text", MARKUP)
def test_markdown_reads_a_label_as_the_text_that_it_is(text: str):
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(plain(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inner = tokens[1].children or []
    assert {token.type for token in inner} <= {"text", "text_special"}
    assert "".join(token.content for token in inner).replace(JOINER, "") == text


@pytest.mark.parametrize("text", MARKUP)
def test_no_two_signs_of_a_label_stand_together(text: str):
    """Of such Streamlit makes links, arrows, icons and emoji, whether or not they are escaped."""
    shown = plain(text).replace("\\\\", "/").replace("\\", "")
    assert not re.search(r"[!-/:-@\[-`{-~](?!\u2060|\s|$)", shown.replace("'", ""))


def test_a_label_is_one_line():
    assert plain("  a\n\n    b\t") == "a b"


def test_csv_gives_back_each_value():
    rows: list[tuple[Any, ...]] = [
        (1, 'quote " comma , line\r\nend', None, Decimal("12.50"), datetime(2026, 1, 1, 0, 10), True, date(2026, 1, 1)),
        (2**70, "=1+1", "", Decimal("1E+3"), datetime(2026, 1, 1, tzinfo=UTC), False, None),
    ]
    written = to_csv(Table(("n", "t", "null", "d", "at", "b", "day"), rows)).decode()
    head, *read = csv.reader(io.StringIO(written, newline=""))
    assert head == ["n", "t", "null", "d", "at", "b", "day"]
    assert read == [
        ["1", 'quote " comma , line\r\nend', "", "12.50", "2026-01-01 00:10:00", "true", "2026-01-01"],
        [str(2**70), "=1+1", "", "1000", "2026-01-01 00:00:00Z", "false", ""],
    ]


def test_a_column_is_numbers_only_if_a_browser_holds_them():
    rows = [(1, 2**60, 1.5, Decimal("1.10"), "x"), (None, 1, None, None, None)]
    shown = frame(Table(("small", "large", "float", "decimal", "text"), rows))
    assert [str(kind) for kind in shown.dtypes[:3]] == ["Int64", "object", "Float64"]
    assert shown["large"].tolist() == [str(2**60), "1"]
    assert shown["decimal"].tolist() == ["1.10", None]
    assert shown["small"].isna().tolist() == [False, True]


def test_columns_of_one_name_are_both_there():
    assert list(frame(Table(("a", "a", "b", "a"), [(1, 2, 3, 4)])).columns) == ["a", "a #2", "b", "a #3"]


def test_a_table_without_rows_has_its_columns():
    assert list(frame(Table(("a", "b"), [])).columns) == ["a", "b"]


def _contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", palette.THEMES)
def test_colours_stand_out_in_both_themes(theme: str):
    colours = palette.THEMES[theme]
    for ground in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        assert _contrast(colours["textColor"], ground) >= 7
        assert _contrast(colours["linkColor"], ground) >= 4.5
    for colour in palette.SERIES:
        assert _contrast(colour, colours["backgroundColor"]) >= 3, colour


def test_a_chart_says_what_it_shows_and_gives_its_data():
    def script() -> None:
        import altair as alt

        from customertrack.console.widgets import chart
        from customertrack.reads.results import Table

        data = Table(("a", "n"), [("<b>", 1)])
        picture = alt.Chart(alt.Data(values=[{"a": "<b>", "n": 1}])).mark_bar().encode(x="n:Q", y="a:N")
        chart(picture, "One bar of <b>.", data, "bars")

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert app.caption[0].value == plain("One bar of <b>.")
    assert app.download_button[0].label == "CSV"
