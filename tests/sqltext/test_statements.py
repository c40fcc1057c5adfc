"""SQL text into statements: Snowflake's quotes, comments and bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customertrack.errors import UserError
from customertrack.sqltext.statements import Statement, split

CASES = {
    "nothing": ("", []),
    "only gaps": (" \n-- a; b\n/* c; */ // d;\n", []),
    "only semicolons": (";;\n;", []),
    "one, not ended": ("SELECT 1", [(1, "SELECT 1")]),
    "one, ended": ("SELECT 1;", [(1, "SELECT 1")]),
    "two on a line": ("SELECT 1; SELECT 2;", [(1, "SELECT 1"), (1, "SELECT 2")]),
    "line of the first token": (
        "\n-- why\n\n/* and\nwhy */ SELECT\n1;\n\nSELECT 2;",
        [(5, "SELECT\n1"), (8, "SELECT 2")],
    ),
    "comment inside stays": ("SELECT -- one; 'two\n 1;", [(1, "SELECT -- one; 'two\n 1")]),
    "comment after does not": ("SELECT 1 -- one\n;\n-- end", [(1, "SELECT 1")]),
    "slashes begin a comment": ("SELECT 1 // a; b\n, 2;", [(1, "SELECT 1 // a; b\n, 2")]),
    "one slash or dash does not": ("SELECT 4 / 2 - 1;SELECT 2", [(1, "SELECT 4 / 2 - 1"), (1, "SELECT 2")]),
    "block comments do not nest": ("/* a /* b */ SELECT 1; -- */", [(1, "SELECT 1")]),
    "quote in a comment": ("SELECT /* it's */ 1; SELECT 2", [(1, "SELECT /* it's */ 1"), (1, "SELECT 2")]),
    "semicolon in a string": ("SELECT 'a;b'; SELECT 2", [(1, "SELECT 'a;b'"), (1, "SELECT 2")]),
    "doubled quote": ("SELECT 'it''s;'; SELECT 2", [(1, "SELECT 'it''s;'"), (1, "SELECT 2")]),
    "escaped quote": (r"SELECT 'it\'s;'; SELECT 2", [(1, r"SELECT 'it\'s;'"), (1, "SELECT 2")]),
    "escaped backslash": (r"SELECT '\\'; SELECT 2", [(1, r"SELECT '\\'"), (1, "SELECT 2")]),
    "comment marks in a string": (
        "SELECT 's3://b/*', '--'; SELECT 2",
        [(1, "SELECT 's3://b/*', '--'"), (1, "SELECT 2")],
    ),
    "dollars in a string": ("SELECT '$$'; SELECT 2", [(1, "SELECT '$$'"), (1, "SELECT 2")]),
    "lines in a string": ("SELECT 'a\n;\n'; SELECT 2", [(1, "SELECT 'a\n;\n'"), (3, "SELECT 2")]),
    "semicolon in an identifier": ('SELECT "a;b"; SELECT 2', [(1, 'SELECT "a;b"'), (1, "SELECT 2")]),
    "doubled quote in an identifier": ('SELECT "a"";b"; SELECT 2', [(1, 'SELECT "a"";b"'), (1, "SELECT 2")]),
    "backslash in an identifier": ('SELECT "a\\"; SELECT 2', [(1, 'SELECT "a\\"'), (1, "SELECT 2")]),
    "body": (
        "CREATE PROCEDURE p() AS $$\nBEGIN\n  x := 'it''s'; -- $\nEND;\n$$;\nCALL p();",
        [(1, "CREATE PROCEDURE p() AS $$\nBEGIN\n  x := 'it''s'; -- $\nEND;\n$$"), (6, "CALL p()")],
    ),
    "quote alone in a body": ("AS $$ it's -- /* $$; SELECT 2", [(1, "AS $$ it's -- /* $$"), (1, "SELECT 2")]),
    "body without a space before": ("AS$$;$$;SELECT 2", [(1, "AS$$;$$"), (1, "SELECT 2")]),
    "empty body": ("AS $$$$; SELECT 2", [(1, "AS $$$$"), (1, "SELECT 2")]),
    "dollar in a name": (
        "SELECT metadata$filename, $1; SELECT 2",
        [(1, "SELECT metadata$filename, $1"), (1, "SELECT 2")],
    ),
    "bind": ("SELECT ?; SELECT 2", [(1, "SELECT ?"), (1, "SELECT 2")]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_splits(text, expected):
    assert split(text, "f.sql") == [Statement(statement, "f.sql", line) for line, statement in expected]


UNCLOSED = {
    "string": ("SELECT 1;\nSELECT 'a;\n", 2, "string"),
    "string that ends in a doubled quote": ("SELECT 1;\n\nSELECT 'a''", 3, "string"),
    "string that ends in an escaped quote": ("SELECT 'a\\'", 1, "string"),
    "string after a doubled quote in another line": ("SELECT 'it''s\n;\n''", 1, "string"),
    "identifier": ('SELECT\n"a', 2, "quoted identifier"),
    "identifier that ends in a doubled quote": ('SELECT "a""', 1, "quoted identifier"),
    "comment": ("SELECT 1;\n/* a", 2, "comment"),
    "comment of three characters": ("/*/", 1, "comment"),
    "body": ("SELECT 1;\n\nAS $$ x; $", 3, "$$ body"),
    "third dollars": ("AS $$ a $$\n b $$;", 2, "$$ body"),
}


@pytest.mark.parametrize(("text", "line", "noun"), UNCLOSED.values(), ids=UNCLOSED.keys())
def test_unclosed_is_told_where_it_begins(text, line, noun):
    with pytest.raises(UserError) as raised:
        split(text, "sql/V1__a.sql")
    assert f"sql/V1__a.sql:{line}: the {noun} that begins here" in str(raised.value)


def test_head_is_one_short_line():
    statement = Statement("CREATE TABLE t (\n  a INT,\n" + "  b INT,\n" * 50 + ")", "f.sql", 1)
    assert statement.head.startswith("CREATE TABLE t ( a INT, b INT,")
    assert len(statement.head) == 80


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12) | st.text(
    "';\"$-/*\\\n a", max_size=12
)
words = st.text("abcXYZ_019.,()=?:", min_size=1, max_size=8)
strings = anything.map(lambda text: "'" + text.replace("\\", "\\\\").replace("'", "''") + "'")
escaped_strings = anything.map(lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
identifiers = anything.map(lambda text: '"' + text.replace('"', '""') + '"')
bodies = anything.map(lambda text: "$$" + text.replace("$", "") + "$$")
line_comments = st.tuples(st.sampled_from(["--", "//"]), anything).map(lambda c: c[0] + c[1].replace("\n", "") + "\n")
block_comments = anything.map(lambda text: "/*" + text.replace("*", "") + "*/")
tokens = words | strings | escaped_strings | identifiers | bodies
gaps = st.lists(line_comments | block_comments | st.sampled_from([" ", "\n", ";", " ;\n"]), max_size=3).map("".join)
inner_gaps = st.lists(line_comments | block_comments | st.just("\n"), max_size=2).map(
    lambda gap: " " + "".join(gap) + " "
)


@st.composite
def statements(draw):
    text = draw(tokens)
    for _ in range(draw(st.integers(0, 4))):
        text += draw(inner_gaps) + draw(tokens)
    return text


@given(st.lists(st.tuples(gaps, statements()), max_size=5), gaps)
def test_splitting_gives_back_what_was_joined(parts, ending):
    text = ""
    expected = []
    for gap, statement in parts:
        text += gap
        expected.append(Statement(statement, "f.sql", 1 + text.count("\n")))
        text += statement + ";"
    assert split(text + ending, "f.sql") == expected
