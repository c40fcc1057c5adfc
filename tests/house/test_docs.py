"""The documentation names what there is: links, flags, objects, reasons, invariants, files."""

import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import parser as benchmarks_parser
from benchmarks.backlog import parser as backlog_parser
from customertrack.cli import arguments
from customertrack.local.home import VARIABLES

ROOT = Path(__file__).parents[2]
SQL = ROOT / "sql"
# The dimension whose names stand in the pages for those of any.
CUSTOMER = SQL / "customer"
VIEW = CUSTOMER / "R__30_changing_data.sql"
PAGES = sorted([*(ROOT / folder / "README.md" for folder in (".", "sql", "snowglobe")), *(ROOT / "docs").rglob("*.md")])

# What the pages have people type besides the project's own commands.
OTHER_PROGRAMS = {"aws", "docker"}

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_OBJECT = re.compile(
    r"^CREATE (?:OR ALTER |OR REPLACE )?(?:TRANSIENT )?(?:FILE FORMAT|\w+) (?:IF NOT EXISTS )?([a-z]\w*)", re.MULTILINE
)
_REASON = re.compile(r"\b(?:missing|invalid|future)_(?:key|op|\w+_at|[a-z_]+)\b")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _page(name: str) -> str:
    return _text(ROOT / "docs" / name)


def _names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", _text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _sql() -> str:
    return "\n".join(
        _text(path) for path in sorted([*SQL.glob("*.sql"), *CUSTOMER.glob("*.sql"), *CUSTOMER.glob("console/*.sql")])
    )


def _commands() -> dict[str, ArgumentParser]:
    parser = arguments.build(["generate", "run"])
    (commands,) = (action for action in parser._actions if isinstance(action, _SubParsersAction))
    return {"": parser, **commands.choices}


def _flags(parser: ArgumentParser) -> set[str]:
    """Of a command also those of its actions; of the program its own alone, which it has without a command."""
    own = {flag for action in parser._actions for flag in action.option_strings}
    actions = (action for action in parser._actions if isinstance(action, _SubParsersAction) and " " in parser.prog)
    return own.union(*(_flags(each) for action in actions for each in action.choices.values()))


def _command_lines() -> Iterator[tuple[str, str]]:
    """Each `customertrack ...` that a page shows, with the page's name."""
    for page in PAGES:
        for line in re.findall(r"(?:^|`|\$ |bin/)customertrack ([^`\n]+)", _text(page), re.MULTILINE):
            yield _names(page), line


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_FENCE.sub("", _text(page))):
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link
        assert path.is_relative_to(ROOT), link
        assert not anchor or anchor in _anchors(path), link


def test_every_decision_has_a_number_of_its_own_and_its_parts() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").iterdir())
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        headings = re.findall(r"^#+ (.+)$", _text(path), re.MULTILINE)
        assert headings[0].startswith(path.name[:4]), path
        for part in ("Context", "Decision", "Consequences", "What would change our mind"):
            assert any(heading.startswith(part) for heading in headings), (path, part)


def test_commands_shown_are_commands_with_such_flags() -> None:
    commands = _commands()
    shown = list(_command_lines())
    assert len(shown) > 20
    for page, line in shown:
        words = re.sub(r"^(--(?:home|project) \S+ )+", "", line).split()
        name = "" if words[0].startswith("-") or words[0].isupper() else words[0]
        assert name in commands, (page, line)
        known = _flags(commands[name]) | _flags(commands[""])
        assert set(_FLAG.findall(re.sub(r"'[^']*'|\"[^\"]*\"", "", line))) <= known, (page, line)


def test_flags_named_in_a_sentence_are_flags_of_a_command() -> None:
    parsers = (*_commands().values(), benchmarks_parser(), backlog_parser())
    known = {flag for parser in parsers for flag in _flags(parser)}
    for page in PAGES:
        for span in _SPAN.findall(_FENCE.sub("", _text(page))):
            if span.split()[0] not in OTHER_PROGRAMS:
                assert set(_FLAG.findall(span)) <= known, (page, span)


def test_readme_names_every_command_and_every_flag_of_run() -> None:
    readme, commands = _text(ROOT / "README.md"), _commands()
    for name in filter(None, commands):
        assert f"`customertrack {name}" in readme, name
    for flag in _flags(commands["run"]) - {"-h", "--help"}:
        assert f"`{flag}" in readme, flag


def _objects_named(text: str) -> set[str]:
    spans = _SPAN.findall(_FENCE.sub("", text))
    return {span for span in spans if re.fullmatch(r"(?:customer|v_|pdr_|renew_)\w*", span) and span != "customertrack"}


def test_sql_readme_names_the_objects_of_sql_and_no_others() -> None:
    made = set(_OBJECT.findall(_sql()))
    assert {"customer", "customer_csv", "customer_s3_pipe", "pdr_pipeline_scd2_customer", "customer_as_of"} <= made
    files = _text(SQL / "README.md").partition("## Files")[2].partition("\n## ")[0]
    assert _objects_named(files) == made
    assert _objects_named(_page("architecture.md")) <= made


def test_places_named_in_architecture_are_there() -> None:
    """In the checkout, or in the package that the page is about."""
    snowglobe = _text(ROOT / "snowglobe" / "README.md")
    for text, package in ((_page("architecture.md"), "customertrack"), (snowglobe, "snowglobe")):
        places = [span for span in _SPAN.findall(text) if re.fullmatch(r"(?:[a-z_]+/)+|[a-z_/]+\.py", span)]
        assert len(places) > 10
        for place in places:
            assert (ROOT / place).exists() or (ROOT / package / place).exists(), place


def test_reasons_in_the_rule_are_those_of_the_view() -> None:
    view = set(re.findall(r"', ((?:missing|invalid|future)_\w+)'", _text(VIEW)))
    rows = re.findall(r"^\|.*\| `(\w+)` \|$", _page("semantics.md"), re.MULTILINE)
    assert set(rows) == view
    assert len(rows) == len(view)


def test_reasons_named_elsewhere_exist() -> None:
    # Those of other formats and layouts are in the template alone.
    views = _text(VIEW) + _text(ROOT / "customertrack/dimension/templates" / VIEW.name)
    for page in PAGES:
        for reason in _REASON.findall(_text(page)):
            assert re.search(rf"'(, )?{reason}'", views), (page, reason)


def test_lengths_in_the_rule_are_those_of_the_view() -> None:
    view = dict(re.findall(r"LENGTH\((\w+)\) > (\d+)", _text(VIEW)))
    rule = dict(re.findall(r"^\| `(\w+)`(?: has at most|:) (\d+).*\| `invalid_", _page("semantics.md"), re.MULTILINE))
    assert rule == view


def test_invariants_in_the_rule_are_those_of_sql() -> None:
    files = [int(path.name[:2]) for path in sorted((CUSTOMER / "invariants").glob("*.sql"))]
    section = _page("semantics.md").partition("## Invariants")[2].partition("\n## ")[0]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == files


def test_sql_readme_lists_the_files_and_the_variables() -> None:
    readme = _text(SQL / "README.md")
    listed = sorted(re.findall(r"^\| `([VR][\w.]+\.sql)` \|", readme, re.MULTILINE))
    for folder in filter(Path.is_dir, SQL.iterdir()):
        assert listed == sorted(path.name for path in (*SQL.glob("*.sql"), *folder.glob("*.sql")))
    variables = readme.partition("## Variables")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", variables, re.MULTILINE))
    assert explained == {*VARIABLES, "console_role"} == set(re.findall(r"\{\{ (\w+) \}\}", _sql()))


@pytest.mark.parametrize("picture", ["pipeline.svg", "architecture-aws.svg"])
def test_the_pictures_name_objects_of_sql(picture: str) -> None:
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", _page(picture))
    named = {word for text in texts for word in re.findall(r"\b(?:customer|v|pdr)_\w+", text)}
    assert named
    assert named <= set(_OBJECT.findall(_sql()))
