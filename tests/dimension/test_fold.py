"""The fold is right: it equals the rule asked instant by instant, and no order of landing changes it."""

import tomllib
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.dimension import definition as definitions_of
from tests.dimension.definition import Attribute, Definition, type_of
from tests.dimension.fold import Version, history
from tests.dimension.judge import Input
from tests.dimension.landed import rows
from tests.dimension.pointwise import Instants, Stretch
from tests.dimension.replay import Tables, replay
from tests.dimension.strategies import Story, definitions, stories, toml_text
from tests.dimension.values import Value

KEYS = ((1,), (2,))
NAMES = ("versioned", "other", "updated", "corrected", "kept", "carried", "kept_carried")


def attribute(name: str, change: str, before: str = "null") -> Attribute:
    return Attribute(name, name, type_of("integer"), change, before, ())


ATTRIBUTES = (
    attribute("versioned", "version"),
    attribute("other", "version"),
    attribute("updated", "update"),
    attribute("corrected", "correct"),
    attribute("kept", "keep"),
    attribute("carried", "version", "first"),
    attribute("kept_carried", "keep", "first"),
)


@st.composite
def inputs(draw: st.DrawFn) -> list[Input]:
    """Inputs of every kind: partial rows, deletes, truncates, snapshots, ties in each part of the order."""
    values: list[Value] = [None, 1, 2]
    said = st.dictionaries(st.sampled_from([one.name for one in ATTRIBUTES]), st.sampled_from(values))
    kind = st.sampled_from(["upsert"] * 4 + ["delete", "barrier"])
    found = []
    for row in range(draw(st.integers(1, 9))):
        what = draw(kind)
        time = datetime(2026, 1, 1, draw(st.integers(0, 4)))
        sequence = (draw(st.sampled_from([None, 1, 2])),)
        place = (draw(st.sampled_from("ab")), row)
        key = None if what == "barrier" else draw(st.sampled_from(KEYS))
        spares = draw(st.frozensets(st.sampled_from(KEYS))) if what == "barrier" else frozenset()
        found.append(Input(time, sequence, place, 0, what, key, draw(said) if what == "upsert" else {}, spares))
    return found


def stretches(versions: list[Version], key: object) -> list[Stretch]:
    return [(one.valid_from, one.valid_to, one.state) for one in versions if one.key == key]


@given(given_inputs=inputs(), chosen=st.sets(st.sampled_from(ATTRIBUTES), min_size=1))
def test_the_fold_is_the_rule_at_every_instant(given_inputs: list[Input], chosen: set[Attribute]):
    toml = tomllib.loads(
        'dimension = "x"\nfeed = { kind = "changes", format = "csv", time = "t" }\nkey = {}\nattributes = {}'
    )
    definition = definitions_of.read(toml)._replace(attributes=tuple(sorted(chosen)))
    found = history(definition, given_inputs)
    for key in KEYS:
        assert stretches(found, key) == Instants(definition, key, given_inputs).stretches()


@given(story=stories(), order=st.randoms(use_true_random=False))
def test_no_order_of_landing_changes_the_tables(story: Story, order):
    tables = replay(story.toml, story.files)
    files = list(story.files)
    order.shuffle(files)
    assert replay(story.toml, files) == tables


@given(story=stories())
def test_the_tables_are_the_rule_at_every_instant(story: Story):
    tables = replay(story.toml, story.files)
    definition = definitions_of.read(story.toml)
    keys = {event.key for event in tables.events if event.key is not None}
    for key in keys:
        asked = Instants(definition, key, tables.events).stretches()
        assert stretches(tables.current, key) == [one for one in asked if one[1] == datetime(9999, 12, 31)]
        assert not definition.keeps_history or stretches(tables.history, key) == asked
    assert {version.key for version in tables.history} <= keys


@given(story=stories())
def test_every_row_is_an_event_or_a_reject(story: Story):
    tables = replay(story.toml, story.files)
    feed = definitions_of.read(story.toml).feed
    landed = {(file.name, number) for file in story.files for number, _ in enumerate(rows(file, feed), 1)}
    events = {event.place for event in tables.events}
    assert events | tables.rejects.keys() == landed
    assert not events & tables.rejects.keys()


@given(toml=definitions())
def test_a_definition_is_its_text(toml):
    assert tomllib.loads(toml_text(toml)) == toml


def reasons(tables: Tables) -> set[str]:
    return {reason for found in tables.rejects.values() for reason in found}


def by_key(tables: Tables) -> list[list[Version]]:
    keys = {version.key for version in tables.history}
    return [[version for version in tables.history if version.key == key] for key in keys]


def tied(tables: Tables) -> bool:
    return len({(event.key, event.time) for event in tables.events}) < len(tables.events)


def a_gap(tables: Tables) -> bool:
    return any(one.valid_to < two.valid_from for of in by_key(tables) for one, two in pairwise(of))


def a_change(tables: Tables) -> bool:
    return any(one.valid_to == two.valid_from for of in by_key(tables) for one, two in pairwise(of))


def a_no_op(tables: Tables) -> bool:
    return any(
        len(of) < len({event.time for event in tables.events if event.key == of[0].key}) for of in by_key(tables)
    )


SEEN: dict[str, Callable[[Definition, Tables], bool]] = {
    "a tie": lambda definition, tables: tied(tables),
    "a gap": lambda definition, tables: a_gap(tables),
    "two versions that touch": lambda definition, tables: a_change(tables),
    "a no-op": lambda definition, tables: a_no_op(tables),
    "three parts of a key": lambda definition, tables: any(len(version.key) == 3 for version in tables.history),
    "a missing key": lambda definition, tables: "missing_key" in reasons(tables),
    "an invalid key": lambda definition, tables: "invalid_key" in reasons(tables),
    "an invalid part": lambda definition, tables: "invalid_region" in reasons(tables),
    "a missing time": lambda definition, tables: "missing_updated_at" in reasons(tables),
    "an invalid time": lambda definition, tables: "invalid_Commit_At" in reasons(tables),
    "a time in the future": lambda definition, tables: "future_updated_at" in reasons(tables),
    "an invalid op": lambda definition, tables: "invalid_op" in reasons(tables),
    "an invalid sequence": lambda definition, tables: "invalid_lsn" in reasons(tables),
    "several reasons": lambda definition, tables: any(len(found) > 2 for found in tables.rejects.values()),
    "no history": lambda definition, tables: bool(tables.current) and not tables.history,
    "a truncate that ends versions": lambda definition, tables: any(
        one.kind == "barrier" and any(version.valid_to == one.time for version in tables.history)
        for one in tables.events
    ),
    "a change of key": lambda definition, tables: any(
        one.part == 1 and any(version.place == one.place for version in tables.history) for one in tables.events
    ),
    "a full load": lambda definition, tables: any(version.valid_from.year == 1900 for version in tables.history),
    "something carried back": lambda definition, tables: (
        a_change(tables)
        and any(
            one.before == "first" and tables.history[0].state[one.name] is not None for one in definition.attributes
        )
    ),
}


def test_what_is_drawn():
    seen: set[str] = set()

    @settings(max_examples=200, derandomize=True, phases=[Phase.generate])
    @given(story=stories())
    def look(story: Story) -> None:
        definition, tables = definitions_of.read(story.toml), replay(story.toml, story.files)
        seen.update(what for what, is_seen in SEEN.items() if is_seen(definition, tables))

    look()
    assert SEEN.keys() - seen == set()
