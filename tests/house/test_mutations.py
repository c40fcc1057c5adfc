"""The list of mutations fits the code; `python -m tests.mutations` tries them."""

from tests.mutations.record import ROOT, mutations


def test_every_mutation_changes_a_text_that_stands_once_in_its_file():
    assert [str(each) for each in mutations() if each.occurrences() != 1 or each.before == each.after] == []


def test_mutated_python_is_python():
    """What does not compile is noticed by any test."""
    for each in mutations():
        if each.path.endswith(".py"):
            compile(each.applied((ROOT / each.path).read_text(encoding="utf-8")), str(each), "exec")


def test_no_mutation_is_listed_twice():
    listed = [(each.path, each.before, each.after) for each in mutations()]
    assert len(listed) == len(set(listed))
