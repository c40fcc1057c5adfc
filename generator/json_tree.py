"""Objects of JSON for many rows at once, some of whose members some rows do not have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from generator.json_text import quoted
from generator.padded import Bytes, Mask, column, only

# Member -> the field that it shows, or an object of its own.
Tree = dict[str, "str | Tree"]


@dataclass(frozen=True)
class Leaf:
    """The texts of a field in all rows, in parts, and the rows that have it; None: all."""

    parts: list[Bytes]
    is_there: Mask | None = None


def tree_of(paths: Iterable[tuple[str, str]]) -> Tree:
    """The members by their paths, from pairs of path and field."""
    tree: Tree = {}
    for path, field in paths:
        *above, name = path.split(".")
        at = tree
        for each in above:
            inner = at.setdefault(each, {})
            assert isinstance(inner, dict)
            at = inner
        at[name] = field
    return tree


def objects(tree: Tree, leaves: Mapping[str, Leaf], rows: int) -> Leaf:
    """An object for each row; those that would have no member are left out. Fields without a leaf are in no row."""
    parts: list[Bytes] = []
    has_any: Mask | None = np.zeros(rows, np.bool_)
    for name, what in tree.items():
        leaf = leaves.get(what) if isinstance(what, str) else objects(what, leaves, rows)
        if leaf is None:
            continue
        label = column(quoted(name) + b":", rows)
        if leaf.is_there is None:
            parts += [_comma(has_any, rows), label, *leaf.parts]
            has_any = None
        else:
            parts += only([_comma(has_any, rows), label, *leaf.parts], leaf.is_there)
            has_any = None if has_any is None else has_any | leaf.is_there
    return Leaf([column(b"{", rows), *parts, column(b"}", rows)], has_any)


def or_null(leaf: Leaf, rows: int) -> Leaf:
    """With null in the rows that do not have it."""
    if leaf.is_there is None:
        return leaf
    return Leaf([*only(leaf.parts, leaf.is_there), *only([column(b"null", rows)], ~leaf.is_there)])


def _comma(where: Mask | None, rows: int) -> Bytes:
    comma = column(b",", rows)
    return comma if where is None else comma * where[:, np.newaxis]
