"""The versions of one key of which snapshots say what there is: differences, which may be replaced."""

from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import dimension
from tests.reads.test_timeline import day, of, place


def test_of_snapshots_the_file_that_came_late_is_marked_and_differences_are_told_once():
    with dimension(STOCK) as made:
        made.land(
            [
                snapshot("2026-01-01", "a,Cup,1", "b,Jug,1", "c,Pot,1"),
                snapshot("2026-01-05", "a,Cup,1", "c,Pot,1", after=1),
                snapshot("2026-01-03", "a,Mug,1", "b,Jar,1", "c,Pot,1", after=2),
            ]
        )
        _, found = of(made, "a")
        assert [(one.valid_from.day, one.values["name"], place(one.event)) for one in found.versions] == [
            (1, "Cup", ("stock_2026-01-01.csv", 1)),
            (3, "Mug", ("stock_2026-01-03.csv", 1)),
            (5, "Cup", ("stock_2026-01-05.csv", 0)),
        ]
        assert [one.number for one in found.versions if one.is_late] == [2]
        events, found = of(made, "b")
        assert [(gap.begins.day, gap.ends, place(gap.by)) for gap in found.gaps] == [
            (5, None, ("stock_2026-01-05.csv", 0))
        ]
        assert [known.hour for known in events.known_at] == [0, 1, 2]


def test_of_snapshots_those_of_one_refresh_are_not_late_and_those_that_are_held_count_for_nothing():
    with dimension(STOCK) as made:
        later, earlier = snapshot("2026-01-05", "a,Cup,1", "b,Jug,1"), snapshot("2026-01-01", "a,Mug,1", "b,Jug,1")
        made.land([later, earlier], each=False)
        made.land([snapshot("2026-01-03", "a,Pot,1", after=1)])
        events, found = of(made, "a")
        assert [one.values["name"] for one in found.versions] == ["Mug", "Cup"]
        assert not any(one.is_late for one in events.events)


def test_of_a_difference_that_was_replaced_and_is_said_again_the_one_that_stands_is_told():
    with dimension(STOCK) as made:
        made.land(
            [
                snapshot("2026-01-01", "a,Cup,1", "b,Jug,1", "c,Pot,1"),
                snapshot("2026-01-05", "a,Mug,1", "c,Pot,1", after=1),
                snapshot("2026-01-03", "a,Mug,1", "c,Pot,1", after=2),
                snapshot("2026-01-04", "a,Jar,1", "b,Jug,1", "c,Pot,1", after=3),
            ]
        )
        events, found = of(made, "a")
        again = [one for one in events.events if one.updated_at == day(5)]
        assert sorted(one.replaced_at is None for one in again) == [False, True]
        last = found.versions[-1].event
        assert last
        assert (last.updated_at, last.replaced_at, last.loaded_at.hour) == (day(5), None, 3)
        _, found = of(made, "b")
        assert [(gap.begins.day, getattr(gap.by, "replaced_at", "")) for gap in found.gaps] == [(3, None), (5, None)]
        assert [gap.by.loaded_at.hour for gap in found.gaps if gap.by] == [2, 3]
