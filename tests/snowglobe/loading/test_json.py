"""A JSON file as rows of one document each, whether DuckDB reads it as it is or it is rewritten first."""

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snowglobe import OpenQuestion
from snowglobe.loading import json as reader
from snowglobe.loading.json import names_in_json, open_json
from snowglobe.loading.rows import FileError

ARRAY = {"STRIP_OUTER_ARRAY": True}


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def read(
    duck: duckdb.DuckDBPyConnection,
    folder: Path,
    content: bytes,
    options: Mapping[str, object] | None = None,
    otherwise: tuple[OpenQuestion, ...] = (),
) -> list[str]:
    path = folder / "landed.json"
    path.write_bytes(content)
    with open_json(path, folder, otherwise, options or {}) as opened:
        assert opened.header == ("",)
        found = duck.execute(f"SELECT row_number, c0 FROM {opened.table} ORDER BY row_number", opened.params).fetchall()
    assert [number for number, _ in found] == list(range(1, len(found) + 1))
    return [document for _, document in found]


def rewritten() -> AbstractContextManager[object]:
    """Have each file take the slow way."""
    return mock.patch.object(reader, "_form", return_value=None)


CASES = {
    "lines": (b'{"a":1}\n{"a":2}\n', ['{"a":1}', '{"a":2}']),
    "no line end in the end": (b'{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']),
    "CRLF": (b'{"a":1}\r\n{"a":2}\r\n', ['{"a":1}', '{"a":2}']),
    "CR": (b'{"a":1}\r{"a":2}\r', ['{"a":1}', '{"a":2}']),
    "blank lines": (b'\n\n{"a":1}\n\n  \n{"a":2}\n\n', ['{"a":1}', '{"a":2}']),
    "blanks around": (b'  {"a":1}  \n\t{"a":2}\t\n', ['{"a":1}', '{"a":2}']),
    "several lines": (b'{"a":\n1}\n{\n"b":[\n2,\n3]\n}\n', ['{"a": 1}', '{ "b":[ 2, 3] }']),
    "commas between": (b'{"a":1},{"a":2}\n,\n{"a":3}\n', ['{"a":1}', '{"a":2}', '{"a":3}']),
    "byte order mark": (b'\xef\xbb\xbf{"a":1}\n', ['{"a":1}']),
    "what is no object": (b'7\n"x"\nnull\ntrue\n[1,{"a":2}]\n', ["7", '"x"', "null", "true", '[1,{"a":2}]']),
    "brackets and quotes in a text": (b'{"a":"}],[{\\"\\\\"}\n{"b":"{"}\n', ['{"a":"}],[{\\"\\\\"}', '{"b":"{"}']),
    "a long whole number": (b'{"a":12345678901234567890123456789012345678}\n', None),
    "a fraction": (b'{"a":[1.10,0.30000000000000004,-1e5]}\n', None),
    "a fraction that no DOUBLE has": (
        b'{"a":12345678901234567.89,"b":"12345678901234567.89"}\n',
        ['{"a":"12345678901234567.89","b":"12345678901234567.89"}'],
    ),
    "a number beyond every DOUBLE": (b'{"a":1e400}\n', None),
    "a separator of lines that JSON does not have": ('{"a":"\u2028\u0085"}\n'.encode(), None),
    "one byte": (b"7", ["7"]),
    "empty": (b"", []),
    "blank": (b" \n\n", []),
}


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_each_document_is_a_row(duck, tmp_path, content, expected, zipped):
    expected = [content.decode().rstrip("\n")] if expected is None else expected
    landed = gzip.compress(content) if zipped else content
    assert read(duck, tmp_path, landed) == expected
    with rewritten():
        assert read(duck, tmp_path, landed) == expected


ARRAYS = {
    "on one line": (b'[{"a":1},{"a":2}]\n', ['{"a":1}', '{"a":2}']),
    "on several": (b'[\n{"a":1},\n{"a":2}\n]\n', ['{"a":1}', '{"a":2}']),
    "of none": (b"[]\n", []),
    "of what is no object": (b'[1,"x",null,[2]]', ["1", '"x"', "null", "[2]"]),
    "one a line": (b'[{"a":1},{"a":2}]\n[{"a":3}]\n', ['{"a":1}', '{"a":2}', '{"a":3}']),
    "among others": (b'{"a":1}\n[{"a":2}]\n{"a":3}\n', ['{"a":1}', '{"a":2}', '{"a":3}']),
    "a fraction that no DOUBLE has": (b"[[12345678901234567.89],2]", ['["12345678901234567.89"]', "2"]),
    "no array": (b'{"a":[1,2]}\n', ['{"a":[1,2]}']),
}


@pytest.mark.parametrize(("content", "expected"), ARRAYS.values(), ids=ARRAYS)
def test_the_elements_of_an_outer_array_are_rows(duck, tmp_path, content, expected):
    assert read(duck, tmp_path, content, ARRAY) == expected
    with rewritten():
        assert read(duck, tmp_path, content, ARRAY) == expected


def test_an_array_is_one_row_unless_it_is_stripped(duck, tmp_path):
    assert read(duck, tmp_path, b'[{"a":1},{"a":2}]\n') == ['[{"a":1},{"a":2}]']


REFUSED = {
    "two on a line": (b'{"a":1}\n{"a":2}{"a":3}\n', "line 2: a second document on the line"),
    "two on a line with a blank": (b'{"a":1} {"a":2}\n', "line 1: a second document on the line"),
    "cut": (b'{"a":1}\n{"a":2,\n', "line 2: what begins there has no end, the file is cut"),
    "cut in a text": (b'{"a":1}\n{"a":"x', "line 2: a string begins and is not closed"),
    "a text with a line end": (b'{"a":"x\ny"}\n', "line 1: a string begins and is not closed"),
    "no JSON": (b"id,name\n1,x\n", "line 1: the document that begins there is not valid JSON"),
    "a comment": (b'{"a":1}\n{"a":2/**/}\n', "line 2: the document that begins there is not valid JSON"),
    "a comma at the end": (b'{"a":1},\n', "line 1: nothing follows the comma"),
    "two commas": (b'{"a":1},,{"a":2}\n', "line 1: a comma that follows no document"),
    "a bracket too many": (b'{"a":1}}\n', "line 1: '}' stands where a document should begin"),
    "a name twice": (b'{"a":1}\n{"a":1,"b":2,"a":1}\n', 'line 2: an object has the name "a" twice'),
    "a name twice within": (b'{"a":{"b":1}}\n{"a":{"b":1,"b":2}}\n', 'line 2: an object has the name "b" twice'),
    "bytes that are no UTF-8": (b'{"a":"\xff"}\n', "it has bytes that are no UTF-8"),
    "UTF-16": ('{"a":1}\n'.encode("utf-16"), "it has bytes that are no UTF-8"),
    "half of a surrogate pair": (b'{"a":1}\n{"a":"\\ud800"}\n', "document 2 is not valid JSON"),
    "too deep": (b"[" * 100_000 + b"]" * 100_000 + b'\n{"a":1}{"a":2}', "line 1: the document .* is too deep"),
    "Parquet": (b"PAR1\x15\x04\x15\x00PAR1", "line 1: the document that begins there is not valid JSON"),
}


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_left_out(duck, tmp_path, content, told):
    with pytest.raises(FileError, match=f"^{told}"):
        read(duck, tmp_path, content)


@pytest.mark.parametrize(
    "content", [b'[{"a":1},{"a":2}', b'[{"a":1}\n{"a":2}]', b'[{"a":1},]', b'[{"a":1}],', b"]", b"[1]]"]
)
def test_an_array_that_is_left_out(duck, tmp_path, content):
    with pytest.raises(FileError):
        read(duck, tmp_path, content, ARRAY)


def test_a_document_on_several_lines_may_be_forbidden(duck, tmp_path):
    with pytest.raises(FileError, match="line 2: a document does not end on its line"):
        read(duck, tmp_path, b'{"a":1}\n{"a":\n2}\n', {"MULTI_LINE": False})
    assert read(duck, tmp_path, b'[{"a":1},{"a":2}]\n', {"MULTI_LINE": False} | ARRAY) == ['{"a":1}', '{"a":2}']
    with pytest.raises(FileError, match="does not end on its line"):
        read(duck, tmp_path, b'[{"a":\n1}]\n', {"MULTI_LINE": False} | ARRAY)


@pytest.mark.parametrize("option", ["REPLACE_INVALID_CHARACTERS", "IGNORE_UTF8_ERRORS"])
def test_bytes_that_are_no_utf8_are_replaced_if_that_is_said(duck, tmp_path, option):
    assert read(duck, tmp_path, b'{"a":"\xffx"}\n', {option: True}) == ['{"a":"\ufffdx"}']


def test_two_documents_on_a_line_are_an_open_question(duck, tmp_path):
    otherwise = (OpenQuestion.DOCUMENTS_ON_A_LINE,)
    assert read(duck, tmp_path, b'{"a":1}{"a":2} 3\n', otherwise=otherwise) == ['{"a":1}', '{"a":2}', "3"]


def test_a_document_may_be_so_long(duck, tmp_path):
    with mock.patch.object(reader, "LARGEST", 64):
        assert read(duck, tmp_path, b'{"a":\n"' + b"x" * 50 + b'"}') == ['{"a": "' + "x" * 50 + '"}']
        for end in (b"", b"\n"):
            with pytest.raises(FileError, match="line 2: a document is longer than 64 bytes"):
                read(duck, tmp_path, b'{"a":1}\n{"a":' + end + b'"' + b"x" * 64 + b'"}\n{"b":\n1}')


def test_a_fraction_is_exact_wherever_a_block_of_the_file_ends(duck, tmp_path):
    content = b'{"a":12345678901234567.89}\n'
    for size in range(1, len(content) + 1):
        with mock.patch.object(reader, "_BLOCK", size):
            assert read(duck, tmp_path, content) == ['{"a":"12345678901234567.89"}']


def test_the_names_are_those_of_all_documents_as_they_come(tmp_path):
    path = tmp_path / "landed.json"
    path.write_bytes(b'{"b":1,"a":{"z":1}}\n7\n{"a":1,"c":null}\n')
    assert names_in_json(path, tmp_path, (), {}) == ("b", "a", "c")
    path.write_bytes(b"")
    assert names_in_json(path, tmp_path, (), {}) == ()


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**37), 10**37), st.text(max_size=8)),
    lambda within: st.one_of(st.lists(within, max_size=3), st.dictionaries(st.text(max_size=4), within, max_size=3)),
    max_leaves=8,
)


@given(
    documents=st.lists(VALUES, max_size=4), indent=st.sampled_from([None, 1]), array=st.booleans(), raw=st.booleans()
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_what_was_written_is_read(duck, tmp_path, documents, indent, array, raw):
    if array:
        content = json.dumps(documents, indent=indent, ensure_ascii=not raw)
    else:
        content = "".join(json.dumps(each, indent=indent, ensure_ascii=not raw) + "\n" for each in documents)
    options = ARRAY if array else {}
    try:
        landed = content.encode()
    except UnicodeEncodeError:
        return
    assert [json.loads(each) for each in read(duck, tmp_path, landed, options)] == documents
    with rewritten():
        assert [json.loads(each) for each in read(duck, tmp_path, landed, options)] == documents


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_no_digit_of_a_number_is_lost(duck, tmp_path, numbers):
    written = [format(number, "f") if abs(number.adjusted()) < 40 else str(number) for number in numbers]
    content = "[" + ",".join(f'{{"n":{text}}}' for text in written) + "]"
    documents = read(duck, tmp_path, content.encode(), ARRAY)
    found = [duck.execute("SELECT CAST(? AS JSON) ->> '$.n'", [each]).fetchall()[0][0] for each in documents]
    assert [type(numbers[0])(text) for text in found] == numbers
