"""What is guessed from files: a definition without faults, that says where it is unsure."""

from pathlib import Path

import pytest

from customertrack.dimension.checks import check
from customertrack.dimension.definition import ColumnTime, Definition, Op
from customertrack.dimension.guess_text import guessed
from customertrack.dimension.reading import read
from customertrack.errors import UserError
from customertrack.local.sampling import format_of, sampled


def text_for(tmp_path: Path, content: str, name: str = "rows.csv") -> str:
    (tmp_path / name).write_text(content)
    form = format_of([tmp_path / name])
    with sampled([tmp_path / name], form) as sample:
        return guessed("thing", sample, form, name)


def definition_for(tmp_path: Path, content: str) -> Definition:
    definition, faults = read(text_for(tmp_path, content).encode(), Path("thing.toml"))
    assert check(definition, faults) == []
    assert definition is not None
    return definition


def of_column(*values: str, name: str = "a") -> str:
    """A file with a key, a time, and one column of these values."""
    rows = [f"{number},2026-01-01 10:00:00,{value}" for number, value in enumerate(values, start=1)]
    return "\n".join([f"id,updated_at,{name}", *rows]) + "\n"


def unsure(text: str) -> dict[str, str]:
    """What is said to be unsure, by the name before it."""
    lines = [line.partition("# unsure: ") for line in text.splitlines() if "# unsure: " in line]
    return {line.split()[0]: why for line, _, why in lines}


TYPES = {
    "integer": ["1", "-20", "0", ""],
    "number(12,2)": ["1", "2.5", "1000.25"],
    "number(14,3)": ["123456789.125", "2"],
    "text(10)": ["007", "12", "5"],
    "text(20)": ["Ann Lee", "Bob"],
    "uuid": ["7C9E6679-7425-40de-944b-e07fc1f90ae7"],
    "boolean": ["true", "FALSE", ""],
    "date": ["2026-12-31", "2024-02-29"],
    "timestamp": ["2026-12-31T10:00:00Z", "2026-12-31", "2026-12-31 10:00:00.123 +0200"],
    "variant": ['"{""a"": 1}"', '" [1, 2]"', "", "null"],
    "text(40)": ['"{""a"": 1}"', "{no object}"],
}


@pytest.mark.parametrize("name", TYPES)
def test_the_type_that_takes_all_values(tmp_path: Path, name: str):
    (attribute,) = definition_for(tmp_path, of_column(*TYPES[name])).attributes
    assert attribute.type.name == name


NOT_SURE = {
    "there is no value of it": ["", ""],
    "0 and 1 alone; a boolean is true or false": ["0", "1", "1"],
    "N and Y alone; a boolean is true or false": ["y", "N", ""],
    "dates, but not as 2026-12-31": ["31.12.2026", "01.02.2026"],
    "1 of 10 values are no numbers": [*map(str, range(9)), "none"],
    "numbers of more than 38 digits": ["1" * 39, "2"],
}


@pytest.mark.parametrize("why", NOT_SURE)
def test_what_is_unsure_about_a_type(tmp_path: Path, why: str):
    assert unsure(text_for(tmp_path, of_column(*NOT_SURE[why]))) == {"a": why}


WHOLE_NUMBERS = {
    ("opened_on", "18292"): "may be days since 1970; ",
    ("seen_at", "1772438400000"): "may be times, as epoch_ms; ",
    ("count", "18292"): None,
    ("ean", "4006381333931"): None,
    ("seen_at", "7"): None,
}


@pytest.mark.parametrize(("name", "value"), WHOLE_NUMBERS)
def test_whole_numbers_that_may_be_dates_or_times_say_so(tmp_path: Path, name: str, value: str):
    text = text_for(tmp_path, of_column(value, "", value, name=name))
    told = WHOLE_NUMBERS[name, value]
    assert unsure(text).get(name, "none").startswith(told or "none")


def test_a_word_among_values_of_another_type_is_null(tmp_path: Path):
    text = text_for(tmp_path, of_column("1", "NULL", "3"))
    assert 'null   = "NULL"' in text
    assert 'a = "integer"' in text
    assert unsure(text) == {"null": "NULL stands among values of other types"}


def test_a_word_for_null_among_texts_is_unsure(tmp_path: Path):
    for word in ("NULL", "\\N"):
        text = text_for(tmp_path, of_column("Ann", word))
        assert unsure(text) == {"a": f"{word} is among its texts; if that is none, CSV has null = '{word}' for it"}
        assert "\nnull" not in text


def test_a_word_for_null_is_no_value_of_any_column(tmp_path: Path):
    rows = ['1,I,1,NULL,"[7]"', "2,NULL,2,NULL,NULL", '3,D,NULL,x,"{}"']
    content = "".join(f"{row},2026-01-01\n" for row in ["id,op,count,note,tags", *rows]).replace("2026-01-01", "at", 1)
    text = text_for(tmp_path, content)
    assert unsure(text) == {"null": "NULL stands among values of other types"}
    definition = definition_for(tmp_path, content)
    assert definition.feed.op == Op("op", ("", "I"), ("D",))
    assert {each.name: each.type.name for each in definition.attributes} == {
        "count": "integer",
        "note": "text(10)",
        "tags": "variant",
    }


def test_names_are_made_plain(tmp_path: Path):
    text = "Order ID,updatedAt,Total Price,order,valid_from,1st,Größe,Name,name 2\n1,2026-01-01,1,2,3,4,5,x,y\n"
    definition = definition_for(tmp_path, text)
    assert [(part.name, part.feed_name) for part in definition.key] == [("order_id", "Order ID")]
    assert definition.feed.time == ColumnTime("updatedAt")
    assert [(each.name, each.feed_name) for each in definition.attributes] == [
        ("total_price", "Total Price"),
        ("thing_order", "order"),
        ("thing_valid_from", "valid_from"),
        ("thing_1st", "1st"),
        ("gr_e", "Größe"),
        ("name", "name"),
        ("name_2", "name 2"),
    ]


def test_names_that_become_one_are_numbered(tmp_path: Path):
    definition = definition_for(tmp_path, "id,updated_at,a b,a-b\n1,2026-01-01,x,y\n")
    assert [each.name for each in definition.attributes] == ["a_b", "a_b_2"]


TIMES = {
    ("created_at", "updated_at"): "updated_at",
    ("born", "commit_ts"): "commit_ts",
    ("birthday", "seen"): "birthday",
    ("ts", "event_time"): "event_time",
}


@pytest.mark.parametrize("names", TIMES)
def test_the_time_by_its_name(tmp_path: Path, names: tuple[str, str]):
    definition = definition_for(tmp_path, f"id,{','.join(names)}\n1,2026-01-01 10:00:00,2026-01-02 10:00:00\n")
    assert definition.feed.time == ColumnTime(TIMES[names])


def test_a_time_that_may_be_another(tmp_path: Path):
    text = text_for(tmp_path, "id,a,b\n1,2026-01-01 10:00:00,2026-01-02 10:00:00\n")
    assert unsure(text) == {"time": "b may be it too"}
    text = text_for(tmp_path, "id,ts,b\n1,2026-01-01 10:00:00,2026-01-02 10:00:00\n")
    assert unsure(text) == {"time": "b may be it too"}
    text = text_for(tmp_path, "id,updated_at,b\n1,2026-01-01 10:00:00,2026-01-02 10:00:00\n")
    assert unsure(text) == {}


@pytest.mark.parametrize(
    ("value", "form"), [("1767225600", "epoch_s"), ("1767225600123", "epoch_ms"), ("1767225600123456", "epoch_us")]
)
def test_a_time_in_seconds_since_1970(tmp_path: Path, value: str, form: str):
    definition = definition_for(tmp_path, f"id,changed,number\n1,{value},{value}\n")
    assert definition.feed.time == ColumnTime("changed", form)  # pyright: ignore[reportArgumentType]  one of four words


def test_a_few_rows_without_a_time_or_a_key(tmp_path: Path):
    rows = "".join(f"{number},2026-01-01 10:00:00,x\n" for number in range(10))
    text = text_for(tmp_path, f"id,updated_at,name\n{rows},later,y\n")
    assert unsure(text) == {
        "time": "1 row has no time in it, to be rejects",
        "id": "1 row has none, to be rejects",
    }


def test_no_time(tmp_path: Path):
    with pytest.raises(UserError, match=r"No column of rows.csv has a time in each row"):
        text_for(tmp_path, "id,name\n1,Ann\n")


def test_no_row(tmp_path: Path):
    with pytest.raises(UserError, match=r"There is no row in rows.csv"):
        text_for(tmp_path, "id,updated_at\n")


OPS = {
    ("op", "I,U,D"): (Op("op", ("", "I", "U"), ("D",)), ""),
    ("Operation", "insert,Update,delete"): (Op("Operation", ("", "INSERT", "UPDATE"), ("DELETE",)), ""),
    ("__op", "c,r,u"): (Op("__op", ("", "C", "R", "U"), ("D",)), "there is no delete among the rows"),
    ("change_type", "UPDATE"): (Op("change_type", ("", "UPDATE"), ("DELETE",)), "there is no delete among the rows"),
    ("op", "D,T,U"): (Op("op", ("", "U"), ("D",)), "rows with T will be rejects"),
    ("is_deleted", "true,false"): (Op("is_deleted", ("", "FALSE"), ("TRUE",)), ""),
    ("op", "left,right"): (None, ""),
    ("status", "U,D"): (None, ""),
}


@pytest.mark.parametrize("case", OPS)
def test_the_op_and_its_words(tmp_path: Path, case: tuple[str, str]):
    (name, words), (op, why) = case, OPS[case]
    text = text_for(tmp_path, of_column(*words.split(","), name=name))
    definition, _ = read(text.encode(), Path("thing.toml"))
    assert definition is not None
    assert definition.feed.op == op
    assert unsure(text).get("op", "") == why


def test_the_key_is_the_fewest_columns_that_tell_rows_of_one_time_apart(tmp_path: Path):
    one = "name,customer_id,updated_at\nAnn,1,2026-01-01\nAnn,2,2026-01-01\nBob,1,2026-01-02\nBob,1,2026-01-02\n"
    assert [part.name for part in definition_for(tmp_path, one).key] == ["customer_id"]
    assert unsure(text_for(tmp_path, one)) == {}
    two = "price,region,sku,updated_at\n1.50,DE,a,2026-01-01\n1.25,FR,a,2026-01-01\n1.10,DE,b,2026-01-01\n"
    assert [part.name for part in definition_for(tmp_path, two).key] == ["sku", "region"]


def test_a_column_is_not_called_as_another_on_its_way_to_a_value(tmp_path: Path):
    text = "id,price,price_text,cost_text,updated_at,updated_at_text\n1,2,a,b,2026-01-01,c\n"
    names = [attribute.name for attribute in definition_for(tmp_path, text).attributes]
    assert names == ["price", "thing_price_text", "cost_text", "thing_updated_at_text"]


def test_a_part_that_is_empty_in_some_rows_has_a_stand_in(tmp_path: Path):
    text = "sku,region,updated_at,price\na,,2026-01-01,1\na,DE,2026-01-01,1\nb,,2026-01-01,1\n"
    assert [(part.name, part.null) for part in definition_for(tmp_path, text).key] == [("sku", None), ("region", "*")]
    assert unsure(text_for(tmp_path, text)) == {"region": "empty in some rows, so * stands for that"}


def test_what_is_unsure_about_a_key(tmp_path: Path):
    no_name = text_for(tmp_path, "who,updated_at,city\nAnn,2026-01-01,x\nBob,2026-01-01,x\n")
    assert unsure(no_name) == {"who": "nothing is called like a key"}
    rows = "".join(f"{number},2026-01-01,{number}\n" for number in range(200))
    alike = text_for(tmp_path, f"id,updated_at,a\n{rows}7,2026-01-01,x\n")
    assert unsure(alike)["id"] == "1 row has the key and the time of another; the last of them counts"
    none = text_for(tmp_path, "id,updated_at,on\n1,2026-01-01,true\n1,2026-01-01,false\n")
    assert unsure(none)["id"] == "no columns tell all rows of one time apart"


def test_a_key_with_a_few_words_in_it_stays_a_number(tmp_path: Path):
    rows = "".join(f"{number},2026-01-01,x\n" for number in range(1, 11))
    text = text_for(tmp_path, f"id,updated_at,a\n{rows}none,2026-01-01,x\n")
    assert 'id = "integer"' in text
    assert unsure(text) == {"id": "1 of 11 values are no whole numbers, to be rejects"}
    codes = text_for(tmp_path, f"code,updated_at,a\n{rows}011,2026-01-01,x\n")
    assert 'code = "text(10)"' in codes


def test_whatever_stands_in_a_header_the_text_is_toml(tmp_path: Path):
    header = '"a""b",id,updated_at,"c\\d\x7f","e\nf"'
    definition = definition_for(tmp_path, f"{header}\n1,2,2026-01-01,4,5\n")
    assert [each.feed_name for each in definition.attributes] == ['a"b', "c\\d\x7f", "e\nf"]


def test_json_has_one_thing_to_tell(tmp_path: Path):
    row = '{"deviceId": "d-1", "ts": 1767225600000, "reading": 20.5, "tags": ["a"], "on": true}\n'
    text = text_for(tmp_path, row, "rows.jsonl")
    definition, faults = read(text.encode(), Path("thing.toml"))
    assert [fault.sentence for fault in check(definition, faults)] == []
    assert definition is not None
    assert [(part.name, part.feed_name) for part in definition.key] == [("device_id", "deviceId")]
    assert definition.feed.time == ColumnTime("ts", "epoch_ms")
    assert {each.name: each.type.name for each in definition.attributes} == {
        "reading": "number(12,2)", "tags": "variant", "thing_on": "boolean",
    }  # fmt: skip


def test_what_no_definition_can_read_is_left_out(tmp_path: Path):
    """It may be the likeliest time, too."""
    content = "id,updated_at,Loaded_At,a$$b,name\n1,2026-01-01,2026-01-02,y,Ann\n"
    assert [one.name for one in definition_for(tmp_path, content).attributes] == ["name"]
    text = text_for(tmp_path, content)
    assert '# "Loaded_At" is left out: each landed row has a column of that name from us\n' in text
    assert '# "a$$b" is left out: no file of SQL can hold the name\n' in text
