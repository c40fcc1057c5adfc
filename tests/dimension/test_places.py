"""Where words stand: against a text whose lines are known."""

import tomllib

from customertrack.dimension.places import line_of, lines

TEXT = '''\
# = no = word
dimension = "thing" # not = here


[feed]
files = 'a]b = "c" #'
long = """
not = a word
[nor.this]
""\\"""""
"quoted word" = { column = "op", upsert = ["", # not = one
  "I"] }
list = [
  "a = b", # [key]
  ["c"],
]
[ key . "the part" ]
type="integer"
a.b = 1
raw = \'\'\'
x = '1'\'\'\'
[last]
'''

PLACES = {
    ("dimension",): 2,
    ("feed",): 5,
    ("feed", "files"): 6,
    ("feed", "long"): 7,
    ("feed", "quoted word"): 11,
    ("feed", "list"): 13,
    ("key",): 17,
    ("key", "the part"): 17,
    ("key", "the part", "type"): 18,
    ("key", "the part", "a"): 19,
    ("key", "the part", "a", "b"): 19,
    ("key", "the part", "raw"): 20,
    ("last",): 22,
}


def test_words_and_headers_are_found_and_nothing_else():
    assert tomllib.loads(TEXT)["key"]["the part"]["raw"] == "x = '1'"
    assert lines(TEXT) == PLACES


def test_what_is_in_a_value_stands_where_that_does():
    assert line_of(("feed", "quoted word", "upsert"), PLACES) == 11
    assert line_of(("key", "missing"), PLACES) == 17
    assert line_of(("attributes",), PLACES) == 1


def test_a_text_without_words():
    assert lines("") == lines("# nothing\n\n") == {}
