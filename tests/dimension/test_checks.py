"""Every kind of fault: one change to a sound definition is one fault, at its line, in these words."""

import pytest

from tests.dimension import faults_of_columns, faults_of_feed, faults_of_types
from tests.dimension.definitions import GUARD, KINDS, OP, SNAPSHOTS, THING, TIME, changed, defined, faults_of

_NOT_YET = "is not built yet."
ONE_FAULT = faults_of_feed.FAULTS | faults_of_columns.FAULTS | faults_of_types.FAULTS


def sentences(text: str, file: str = "thing.toml") -> list[str]:
    return [fault.sentence for fault in faults_of(text, file)]


@pytest.mark.parametrize(("changes", "at", "sentence"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_one_fault(changes: list[tuple[str, str]], at: str, sentence: str):
    text = changed(*changes)
    line = 1 + text.splitlines().index(at)
    found = [(fault.line, fault.sentence) for fault in faults_of(text)]
    # Of a word that nothing can run yet, that is said beside what is wrong with it.
    assert [each for each in found if each[1] == sentence or not each[1].endswith(_NOT_YET)] == [(line, sentence)]


def test_the_definition_that_is_changed_is_sound():
    assert faults_of(THING) == []


def test_all_faults_are_told_at_once_by_line():
    text = changed((KINDS, 'kind   = "changed"'), (TIME, "5"), ('"integer"', '"int"'), ("name  = ", "order = "))
    assert [str(fault) for fault in faults_of(text)] == [
        'thing.toml:4: feed.kind cannot be "changed"; did you mean "changes"?',
        "thing.toml:6: feed.time must be the name of a column, or a table with more words, and is a whole number.",
        'thing.toml:10: key.thing_id has no type: There is no type "int"; did you mean "integer"?',
        'thing.toml:14: No column can be called "order": it is a reserved word of SQL; give it another, '
        'and say from = "order".',
    ]


def test_tables_that_are_missing():
    assert sentences('dimension = "thing"\n') == [
        "attributes is missing: the columns whose changes are kept.",
        "feed is missing: how the rows arrive.",
        "key is missing: the columns that name one of them at the source.",
    ]


def test_tables_that_are_none():
    assert sentences('dimension = 1\nfeed = 2026-01-01\nkey = ["id"]\nattributes = true\n') == [
        "dimension must be text in quotes, and is a whole number.",
        "feed must be a table, and is a date or time without quotes.",
        "key must be a table, and is a list.",
        "attributes must be a table, and is true or false.",
    ]


def test_a_snapshot_has_a_guard_and_no_words_of_changes():
    text = changed((KINDS, 'kind   = "snapshots"'), ("[key]", "sequence = ['a']\n\n[key]"))
    assert sentences(text) == [
        "feed.guard is missing: a snapshot needs a limit for what it may end, as "
        "guard = { max_deleted = 0.10, min_rows = 1000 }.",
        'kind = "snapshots" is not built yet.',
        'feed.op goes with kind = "changes": in a snapshot, absence is the delete.',
        'feed.sequence goes with kind = "changes": in a snapshot, absence is the delete.',
    ]


def test_a_guard_has_a_share():
    text = changed(*SNAPSHOTS, ("format = ", f"{GUARD.replace('max_deleted = 0.1, ', '')}format = "))
    assert "feed.guard.max_deleted is missing: the share of the keys that a snapshot may end; 1.0 lets it end all." in (
        sentences(text)
    )
    text = changed(*SNAPSHOTS, ("format = ", f"{GUARD.replace('0.1', '1.5')}format = "))
    assert "feed.guard.max_deleted must be from 0 to 1, and is 1.5." in sentences(text)


@pytest.mark.parametrize("pattern", ["x_[0-9]{8}", "x_([0-9]{4})([0-9]{4})"])
def test_the_time_in_a_files_name_is_one_group(pattern: str):
    text = changed(*SNAPSHOTS, (TIME, f"{{ file = '{pattern}' }}"), ("format = ", f"{GUARD}format = "))
    told = r"feed.time.file needs one group around the time, as 'product_(\d{4}-\d{2}-\d{2})'."
    assert sentences(text) == ['kind = "snapshots" is not built yet.', told]


def test_csv_has_all_fields_and_the_others_a_null_of_their_own():
    assert sentences(changed(("format = ", 'missing = "keep"\nformat = '))) == [
        'feed.missing = "keep" goes with json and parquet: a line of CSV has all fields.',
    ]
    assert sentences(changed(('"csv"', '"json"\nnull = "NULL"'))) == [
        "feed.null goes with csv: json has a NULL of its own.",
    ]


def test_a_layout_has_time_op_and_order_of_its_own():
    text = changed((f"{OP}\n", f'{OP}\nsequence = ["n"]\nlayout = "debezium"\n'))
    assert sentences(text) == [
        'feed.time is not needed: layout = "debezium" has its own.',
        'feed.op is not needed: layout = "debezium" has its own.',
        'feed.sequence is not needed: layout = "debezium" has its own.',
        'feed.layout = "debezium" goes with format = "json".',
    ]
    for layout in ("debezium", "debezium_flat", "airbyte"):
        alone = changed(
            (f"time   = {TIME}\n{OP}\n", f'layout = "{layout}"\nconnector = "mysql"\n'), ('"csv"', '"json"')
        )
        assert sentences(alone) == []


def test_airbyte_copies_by_a_cursor_too():
    by_cursor = changed((OP, 'layout = "airbyte"\nsequence = ["n"]'), ('"csv"', '"json"'))
    assert sentences(by_cursor) == []
    assert sentences(changed((OP, f'{OP}\nlayout = "airbyte"'))) == [
        'feed.op is not needed: layout = "airbyte" has its own.'
    ]


def test_a_layout_is_of_changes_that_have_a_time():
    words = 'layout = "airbyte"\nconnector = "oracle"\ninitial = { files = "x", time = "1900-01-01" }\n'
    assert sentences(changed((f"time   = {TIME}\n{OP}\n", words))) == [
        "feed.connector: Airbyte reads no log of Oracle; say the time by which it copies.",
        'feed.initial is not needed: rows of layout = "airbyte" have their own time.',
    ]
    assert sentences(changed(("op     =", 'connector = "mysql"\nop     ='))) == [
        "feed.connector goes with a layout whose rows are from a database's log."
    ]


def test_columns_have_an_end():
    most = "\n".join(f'a{number} = "integer"' for number in range(496))
    assert sentences(f"{THING}{most}\n") == []
    assert sentences(f'{THING}{most}\none = "integer"\n') == [
        "Key and attributes are 501 columns, and 500 is the most."
    ]


def test_an_attribute_is_in_one_group():
    groups = "[generate]\na = { attributes = ['name'], rate = 1 }\nb = { attributes = ['name'], rate = 0 }\n"
    told = [f'generate.{group}: "name" is in two groups.' for group in "ab"]
    assert [each for each in sentences(f"{THING}{groups}") if not each.endswith(_NOT_YET)] == told


def test_a_provider_has_a_name():
    group = "[generate]\na = { attributes = ['name'], rate = 1, faker = { name = 'com.pany' } }\n"
    assert [each for each in sentences(f"{THING}{group}") if not each.endswith(_NOT_YET)] == [
        'generate.a.faker.name: "com.pany" is no name of a provider, such as "company".'
    ]


def test_one_attribute_is_left():
    text = changed(('"text(100)"', '{ type = "text(1)", retired = true }'), ('change = "update"', "retired = true"))
    assert "All attributes are retired; one has to be left." in sentences(text)
    assert sentences(changed(('change = "update"', "retired = true"))) == []


def test_one_name_becomes_one_attribute():
    text = changed(('"text(100)"', '{ type = "text(1)", was = "x" }'), ('change = "update"', 'was = "x"'))
    assert [sentence for sentence in sentences(text) if not sentence.endswith(_NOT_YET)] == [
        'attributes.name.was: "x" has become two attributes.',
        'attributes.price.was: "x" has become two attributes.',
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("order", 'The dimension cannot be called "order": it is a reserved word of SQL; add a word, as "order_item".'),
        ("Thing", '"Thing" is no name for a dimension: it is made of a to z, 0 to 9 and _, and begins with a letter.'),
        (
            "my-thing",
            '"my-thing" is no name for a dimension: it is made of a to z, 0 to 9 and _, and begins with a letter.',
        ),
        ("t" * 41, f'"{"t" * 41}" is too long for a dimension: it has at most 40 characters.'),
    ],
)
def test_the_name_of_a_dimension(name: str, sentence: str):
    assert sentences(changed(('"thing"', f'"{name}"')), f"{name}.toml") == [sentence]


def test_a_text_that_is_not_utf_8():
    (fault,) = faults_of(b'dimension = "thing"\n# \xff\n')
    assert (fault.line, fault.sentence) == (2, "The text is not UTF-8; save it as that.")


def test_a_column_may_be_called_start():
    assert defined(changed(("name  = ", "start = "))).attributes[0].name == "start"
