"""Definitions of all kinds, by what is particular about each: the SQL of every one has to read well."""

from pathlib import Path

from customertrack.dimension.project import Project
from tests.dimension.definitions import GUARD, LARGE, OP, SMALL, SNAPSHOTS, THING, TIME, changed

ROOT = Path(__file__).parents[2]
MANY = "".join(f'attribute_{number} = "text({number})"\n' for number in range(1, 61))
_CHANGES = ("version", "update", "correct", "keep")
MIXED = "".join(f'attribute_{n} = {{ type = "text({n})", change = "{_CHANGES[n % 4]}" }}\n' for n in range(1, 61))
_ATTRIBUTES = THING[THING.index("name  =") :]
_PARTIAL = ('"csv"', '"json"\nmissing = "keep"')
DEFINITIONS = {
    **{name: (ROOT / f"dimensions/{name}.toml").read_text() for name in Project(ROOT).names()},
    "no op": changed((f"{OP}\n", "")),
    "several deletes": changed(('delete = ["D"]', 'delete = ["D", "X"]')),
    "a delete without a word": changed(('["", "I"]', '["I"]'), ('delete = ["D"]', 'delete = [""]')),
    "two sequences": changed((OP, f'{OP}\nsequence = ["lsn", "pos"]')),
    "an initial load": changed((OP, f'{OP}\ninitial = {{ files = "LOAD[.]csv", time = "1900-01-01" }}')),
    "epoch": changed((TIME, '{ column = "changed_at", format = "epoch_ms" }')),
    "no history": changed((', change = "update"', "")) + "\n[history]\nkeep = false\n",
    "all correct": changed(('"text(100)"', '{ type = "text(100)", change = "correct" }'), ("update", "correct")),
    "all kept": changed(('"text(100)"', '{ type = "text(100)", change = "keep" }'), ("update", "keep")),
    "merged on read": f"{THING}{LARGE}",
    "merged on read, with an anchor": changed((', change = "update"', "")) + LARGE,
    "merged on read, without history": changed((', change = "update"', "")) + f"\n[history]\nkeep = false\n{LARGE}",
    "merged on read, all correct": changed(
        ('"text(100)"', '{ type = "text(100)", change = "correct" }'), ("update", "correct")
    )
    + LARGE,
    "merged on read, sixty attributes": changed((_ATTRIBUTES, MANY)) + LARGE,
    "small again": f"{THING}{SMALL}",
    "small again, without history": changed((', change = "update"', "")) + f"\n[history]\nkeep = false\n{SMALL}",
    "one attribute": changed((_ATTRIBUTES, 'name = "text(100)"\n')),
    "sixty attributes": changed((_ATTRIBUTES, MANY)),
    "sixty attributes of all changes": changed((_ATTRIBUTES, MIXED)),
    "sixty attributes of all changes, merged on read": changed((_ATTRIBUTES, MIXED)) + LARGE,
    "sixty attributes of all changes, in partial rows": changed((_ATTRIBUTES, MIXED), _PARTIAL),
    "some added": changed(
        (
            _ATTRIBUTES,
            f'{_ATTRIBUTES}tier = {{ type = "text(9)", since = 2 }}\nlevel = {{ type = "integer", since = 3 }}\n',
        )
    ),
    "all that is added late": changed(
        (
            _ATTRIBUTES,
            f'{_ATTRIBUTES}tier = {{ type = "text(9)", since = 2, before = "first" }}\n'
            'stock = { type = "integer", change = "update", since = 3 }\n'
            'seen = { type = "date", change = "keep", since = 3 }\n'
            'brand = { type = "text(9)", change = "correct", since = 3 }\n',
        )
    ),
    "added to all that is versioned": changed(
        (_ATTRIBUTES, 'name = "text(9)"\ntier = { type = "text(9)", since = 2 }\nseen = { type = "date", since = 2 }\n')
    ),
    "added and kept alone": changed(
        (_ATTRIBUTES, 'name = "text(9)"\nseen = { type = "date", change = "keep", since = 2 }\n')
    ),
    "added without history": changed((_ATTRIBUTES, 'name = "text(9)"\ntier = { type = "text(9)", since = 2 }\n'))
    + "\n[history]\nkeep = false\n",
    "retired and renamed": changed(
        (
            _ATTRIBUTES,
            'name = { type = "text(9)", was = ["title", "titel"] }\nprice = { type = "integer", retired = true }\n'
            'seen = { type = "timestamp", was = "seen_at" }\n',
        )
    ),
    "added and retired": changed(
        (_ATTRIBUTES, f'{_ATTRIBUTES}tier = {{ type = "text(9)", was = "rank", since = 2, retired = true }}\n')
    ),
    "truncates": changed(('["D"] }', '["D"], truncate = ["T", "Z"] }\nsequence = ["lsn"]')),
    "truncates alone, without history": changed((', change = "update"', ""), ('["D"]', '["D"], truncate = ["T"]'))
    + f"\n[history]\nkeep = false\n{LARGE}",
    "a changing key": changed(('null = "*"', 'null = "*", before = "old_region"')),
    "a key that changes in each part": changed(
        ('null = "*"', 'null = "*", before = "old_region"'),
        ('thing_id = "integer"', 'thing_id = { type = "timestamp", before = "old_thing" }'),
        ('["D"]', '["D"], truncate = ["T"]'),
    ),
    "partial rows": changed(_PARTIAL),
    "partial rows of what is versioned alone": changed(_PARTIAL, (', change = "update"', "")),
    "partial rows without history": changed(_PARTIAL, (', change = "update"', "")) + "\n[history]\nkeep = false\n",
    "partial rows, merged on read, of all that there is": changed(
        _PARTIAL,
        ('["D"]', '["D"], truncate = ["T"]'),
        ('null = "*"', 'null = "*", before = "old_region"'),
        (
            _ATTRIBUTES,
            f'{_ATTRIBUTES}brand = {{ type = "text(9)", change = "correct" }}\n'
            'seen = { type = "date", change = "keep" }\n'
            'tier = { type = "text(9)", since = 2, before = "first" }\n'
            'rank = { type = "timestamp", since = 2 }\n',
        ),
    )
    + LARGE,
    "every type": changed(
        (_ATTRIBUTES, 'a = "uuid"\nb = "boolean"\nc = "date"\nd = "timestamp"\ne = "integer"\nf = "number(38,37)"\n')
    ),
    "other types of keys": changed(
        ('thing_id = "integer"', 'thing_id = "timestamp"'), ('"text(2)", null = "*"', '"boolean", null = "false"')
    ),
    "variants": changed(
        ('"text(100)"', '"variant"'),
        ('{ type = "number(12,2)", change = "update" }', '{ type = "variant", change = "keep" }'),
    ),
}


_SNAPSHOTS = changed(*SNAPSHOTS, ("format = ", f"{GUARD}format = "))
_NIGHTLY = _SNAPSHOTS.replace(TIME, "{ file = 'thing_([0-9-]{10})' }")
DEFINITIONS |= {
    "snapshots": _SNAPSHOTS,
    "snapshots by their names": _NIGHTLY,
    "snapshots, all versioned": _NIGHTLY.replace(', change = "update"', ""),
    "snapshots of sixty attributes": _NIGHTLY.replace(_ATTRIBUTES, MIXED),
    "snapshots merged on read, some added": _NIGHTLY
    + 'tier = { type = "text(9)", since = 2, before = "first" }\nlevel = { type = "integer", since = 3 }\n'
    + LARGE,
    "snapshots without history": _NIGHTLY.replace(', change = "update"', "") + "\n[history]\nkeep = false\n",
}
