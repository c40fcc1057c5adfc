"""customer_signature: equal states have equal signatures, different ones have different ones, on any engine."""

import hashlib
import itertools
import re
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from customertrack.local.pipeline import Pipeline
from customertrack.reads.results import query
from tests.replay import ATTRIBUTES

State = Mapping[str, str | None]
NAMES = tuple(ATTRIBUTES)
# Whatever the text of a signature is made of, and what other encodings are fooled by.
_VALUES = [
    "",
    "0",
    "1",
    ":",
    "a",
    "ab",
    '"',
    "'",
    "\\",
    ",",
    "null",
    "NULL",
    "undefined",
    "first_name",
    "last_name:1:a",
]
_VALUES += ["1:a", ":1:", "a" * 12, "é", "e\u0301", "日本", "😀", "\n", " ", "\x1f"]
VALUE = st.none() | st.sampled_from(_VALUES) | st.text(max_size=6)
STATE = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUE))


def written(state: State) -> str:
    """The text that a signature is the MD5 of (docs/decisions/0007)."""
    return "".join(f"{name}:{len(value)}:{value}" for name in NAMES if (value := state[name]) is not None)


def read(text: str) -> State:
    """The state that a text was written of: it can be read in one way only."""
    state: dict[str, str | None] = dict.fromkeys(NAMES)
    while text:
        found = re.match(r"([a-z_]+):([0-9]+):", text)
        assert found
        begin, end = found.end(), found.end() + int(found[2])
        state[found[1]], text = text[begin:end], text[end:]
    return state


def signatures(pipeline: Pipeline, states: Sequence[State]) -> list[bytes]:
    call = f"SELECT customer_signature({', '.join('?' * len(NAMES))})"
    return [bytes(query(pipeline.connection, call, [state[name] for name in NAMES]).rows[0][0]) for state in states]


@given(STATE)
def test_a_text_is_of_one_state(state: State):
    assert read(written(state)) == state


def test_a_signature_is_the_md5_of_that_text(pipeline: Pipeline):
    states = [
        dict(zip(NAMES, values, strict=True))
        for values in zip(
            *(itertools.islice(itertools.cycle([None, *_VALUES]), n, n + 60) for n in range(7)), strict=True
        )
    ]
    assert signatures(pipeline, states) == [hashlib.md5(written(state).encode()).digest() for state in states]


def test_states_that_look_alike_have_signatures_of_their_own(pipeline: Pipeline):
    nothing = dict.fromkeys(NAMES)
    alike = [
        nothing,
        *({**nothing, name: ""} for name in NAMES),
        *({**nothing, name: "a"} for name in NAMES),
        {**nothing, "first_name": "a", "last_name": "bc"},
        {**nothing, "first_name": "ab", "last_name": "c"},
        {**nothing, "first_name": "alast_name:1:b"},
        {**nothing, "first_name": "a", "last_name": "b"},
        {**nothing, "first_name": "null"},
        {**nothing, "first_name": "undefined"},
    ]
    assert len(set(signatures(pipeline, alike))) == len(alike)
