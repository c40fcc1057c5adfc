"""Rows of a snapshot that say what was said last, word for word, are not typed; and what that must not hide."""

import tomllib
from itertools import permutations

import pytest

from tests.dimension.landed import LandedFile
from tests.dimension.replay import replay
from tests.dimension.snapshot_files import LANDED, STOCK, snapshot
from tests.dimension.test_rendered import assert_replayed
from tests.dimension.warehouse import Dimension, dimension, parsed

FIRST = snapshot("2026-01-01", "a,x,1", "b,y,1", "c,z,1", "d,w,1")
IN_A_COLUMN = STOCK.replace(r"{ file = 'stock_(\d{4}-\d{2}-\d{2})' }", '"at"')
IN_JSON = STOCK.replace('"csv"', '"json"')


def typed(made: Dimension) -> list[int]:
    """The rows of the last snapshot that were typed."""
    return [row["source_row"] for row in made.rows("SELECT source_row FROM stock_work_landed ORDER BY source_row")]


def counts(made: Dimension, file: LandedFile) -> list[int]:
    """Its rows that have changed, have not, are repeated, and are rejects."""
    (row,) = made.rows(f"SELECT * FROM stock_snapshot WHERE ENDSWITH(source_file, '/{file.name}')")
    return [row[f"rows_{each}"] for each in ("changed", "unchanged", "repeated", "rejected")]


def assert_is(made: Dimension, *files: LandedFile, text: str = STOCK) -> None:
    """The tables are what the files make."""
    assert_replayed(tomllib.loads(text), made, replay(tomllib.loads(text), files))


def test_only_rows_in_other_words_are_typed_and_of_these_once():
    night = snapshot("2026-01-02", "d,w,1", "b,y,01", "a,x,2", "e,v,1")
    with dimension(STOCK) as made:
        made.land([FIRST, night])
        # The price of b is the same in other words.
        assert typed(made) == [2, 3, 4]
        assert counts(made, night) == [2, 2, 0, 0]
        again = snapshot("2026-01-03", "a,x,2", "b,y,01", "d,w,1", "e,v,1")
        made.land([again])
        assert typed(made) == []
        assert counts(made, again) == [0, 4, 0, 0]
        assert_is(made, FIRST, night, again)


REPEATED = [
    # One row of the key as it was, and the other not: before it, behind it, on either side, and a reject.
    (["a,x,1", "b,y,1", "c,z,1", "d,w,1", "a,new,1"], [1, 3, 1, 0]),
    (["a,new,1", "b,y,1", "c,z,1", "d,w,1", "a,x,1"], [0, 4, 1, 0]),
    (["a,new,1", "a,x,1", "b,y,1", "c,z,1", "d,w,1", "a,other,1"], [1, 3, 2, 0]),
    (["a,x,1", "b,y,1", "c,z,1", "d,w,1", "a,new,bad"], [0, 4, 0, 1]),
    (["a,x,1", "a,x,1", "b,y,1", "c,z,1", "d,w,1"], [0, 4, 1, 0]),
    (["a,new,1", "a,x,1", "a,x,1", "b,y,1", "c,z,1", "d,w,1"], [0, 4, 2, 0]),
    (["a,x,bad", "b,y,1", "c,z,1", "d,w,1", "d,w,1"], [0, 3, 1, 1]),
]


@pytest.mark.parametrize(("lines", "counted"), REPEATED)
def test_a_key_that_stands_in_it_again_is_what_its_last_row_says(lines: list[str], counted: list[int]):
    with dimension(STOCK) as made:
        night = snapshot("2026-01-02", *lines)
        made.land([FIRST, night])
        assert counts(made, night) == counted
        assert_is(made, FIRST, night)
    later = snapshot("2026-01-05", *lines_of(FIRST))
    with dimension(STOCK) as made:
        made.land([FIRST, later, night])
        assert counts(made, night) == counted
        (row,) = made.rows(f"SELECT * FROM stock_snapshot WHERE ENDSWITH(source_file, '/{night.name}')")
        assert (row["keys_before"], row["keys_deleted"]) == (4, 0)
        assert_is(made, FIRST, later, night)


def test_words_of_another_night_are_no_words_of_the_last():
    back = [snapshot("2026-01-02", "a,new,1", "b,y,1", "c,z,1", "d,w,1"), snapshot("2026-01-03", *lines_of(FIRST))]
    gone = [snapshot("2026-01-02", "b,y,1", "c,z,1", "d,w,1"), snapshot("2026-01-03", *lines_of(FIRST))]
    for nights in (back, gone):
        for order in permutations([FIRST, *nights]):
            with dimension(STOCK) as made:
                made.land(order)
                assert_is(made, *order)


def test_words_that_did_not_count_are_not_what_was_said():
    first = ["a,x,1", "b,y,1", "c,z,1", "d,w,1"]
    for night in (["a,new,1", *first], ["a,x,bad", *first[1:]]):
        # What stood there and did not count stands there alone, or again.
        files = [FIRST, snapshot("2026-01-02", *night), snapshot("2026-01-03", night[0], *first[1:])]
        with dimension(STOCK) as made:
            made.land(files)
            assert counts(made, files[2]) == ([0, 3, 0, 1] if "bad" in night[0] else [1, 3, 0, 0])
            assert_is(made, *files)


def test_two_fields_are_not_what_one_is_that_has_both():
    with dimension(STOCK) as made:
        first = snapshot("2026-01-01", "a,x,1", "b,,1", "c,11,1")
        night = snapshot("2026-01-02", "a,,1", "b,y,1", "c,1,11")
        made.land([first, night])
        assert counts(made, night) == [3, 0, 0, 0]
        assert_is(made, first, night)


@pytest.mark.parametrize("spelling", ["2026-01-02", "2026-01-02T00:00:00Z", "2026-01-01 19:00-05:00"])
def test_the_time_in_a_column_is_no_change(spelling: str):
    columns = "sku,name,price,at"
    first = snapshot("2026-01-01", "a,x,1,2026-01-01", "b,y,1,2026-01-01", columns=columns)
    night = snapshot("2026-01-02", "a,x,1,2026-01-02", f"b,new,1,{spelling}", columns=columns)
    with dimension(IN_A_COLUMN) as made:
        made.land([first, night])
        assert typed(made) == [2]
        assert_is(made, first, night, text=IN_A_COLUMN)


def test_a_definition_that_changes_reads_the_same_words_anew():
    lines = [f'{{"sku": "{sku}", "name": "x", "title": "y", "size": "L", "price": 1}}\n' for sku in "abcd"]
    first, second, third = (
        LandedFile(f"stock_2026-01-0{day}.json", "".join(lines).encode(), LANDED) for day in (1, 2, 3)
    )
    another_path = IN_JSON.replace('"text(40)"', '{ type = "text(40)", from = "title" }')
    added = f'{another_path}size = {{ type = "text(5)", since = 2 }}\n'
    with dimension(IN_JSON) as made:
        made.land([first])
        made.change(parsed(another_path)[0])
        made.land([second])
        assert [row["name"] for row in made.current()] == ["y"] * 4
        made.change(parsed(added)[0])
        made.land([third])
        assert [row["size"] for row in made.current()] == ["L"] * 4


def lines_of(file: LandedFile) -> list[str]:
    """Without the header."""
    return file.content.decode().splitlines()[1:]
