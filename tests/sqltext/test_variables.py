"""Deploy-time values: nothing is rendered but `{{ name }}`, and no value can break out of the SQL around it."""

import pytest

from customertrack.errors import UserError
from customertrack.sqltext.variables import substitute, unused

VALUES = {"bucket": "s3://landing-1/customer/", "topic_arn": "arn:aws:sns:eu-west-1:123456789012:landing"}

CASES = {
    "nothing": ("SELECT 1", "SELECT 1", set()),
    "one": ("URL = '{{ bucket }}'", "URL = 's3://landing-1/customer/'", {"bucket"}),
    "twice": ("{{ bucket }}\n{{ bucket }}", "s3://landing-1/customer/\ns3://landing-1/customer/", {"bucket"}),
    "spaces do not matter": (
        "{{bucket}}{{  topic_arn  }}",
        VALUES["bucket"] + VALUES["topic_arn"],
        {"bucket", "topic_arn"},
    ),
    "in a comment too": ("-- {{ bucket }}", "-- s3://landing-1/customer/", {"bucket"}),
    "other braces": ("{'a': {'b': 1}} {% if %} {# x #} { bucket } ${bucket}", None, set()),
}


@pytest.mark.parametrize(("text", "expected", "used"), CASES.values(), ids=CASES.keys())
def test_replaces_placeholders_and_nothing_else(text, expected, used):
    assert substitute(text, VALUES, "f.sql") == (text if expected is None else expected, used)


def test_a_value_is_not_rendered_again():
    with pytest.raises(UserError, match="variable bucket"):
        substitute("{{ bucket }}", {"bucket": "{{ topic_arn }}", "topic_arn": "x"}, "f.sql")


@pytest.mark.parametrize("placeholder", ["{{ topic }}", "{{ Bucket }}"])
def test_an_unknown_variable_is_told_with_its_place(placeholder):
    with pytest.raises(UserError) as raised:
        substitute(f"SELECT 1;\n\n-- {placeholder}", VALUES, "sql/V1__a.sql")
    assert "sql/V1__a.sql:3: " in str(raised.value)
    assert "known: bucket, topic_arn" in str(raised.value)


@pytest.mark.parametrize(
    "text", ["{{ }}", "{{}}", "{{ a b }}", "{{ a-b }}", "{{ 1a }}", "{{ bucket }", "{{ bucket", "{{{ bucket }}"]
)
def test_a_malformed_placeholder_is_told_with_its_place(text):
    with pytest.raises(UserError, match=r"^f\.sql:2: "):
        substitute(f"\n{text}", VALUES, "f.sql")


UNSAFE = [
    "",
    " ",
    "a b",
    "a'b",
    'a"b',
    "a\\b",
    "a\nb",
    "a\n",
    "a\rb",
    "a;b",
    "$$",
    "a$b",
    "a*/b",
    "a{b",
    "a\0b",
    "a\u2028b",
    "é",
]


@pytest.mark.parametrize("value", UNSAFE)
def test_an_unsafe_value_is_refused_without_being_told(value):
    with pytest.raises(UserError) as raised:
        substitute("'{{ secret_name }}'", {"secret_name": f"hush{value}hush" if value else value}, "f.sql")
    assert "secret_name" in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:iam::123456789012:role/customertrack-read",
        "s3://b.ucket/a_b/c=1/",
        "CUSTOMERTRACK_S3",
        "0",
        "a@b,c+d-e",
    ],
)
def test_names_addresses_and_arns_are_safe(value):
    assert substitute("{{ v }}", {"v": value}, "f.sql") == (value, {"v"})


def test_each_unused_variable_is_one_sentence():
    sentences = unused({"b": "1", "a": "1", "used": "1"}, {"used"})
    assert [sentence.split()[2] for sentence in sentences] == ["a", "b"]
    assert unused(VALUES, set(VALUES)) == []
