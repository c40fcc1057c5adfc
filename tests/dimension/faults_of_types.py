"""What can be wrong with a type, and with a value of one."""

from tests.dimension.definitions import PRICE, REGION, WRITTEN, OneFault

FAULTS: dict[str, OneFault] = {
    "an attribute without a type": (
        [('type = "number(12,2)", ', "")],
        'price = { change = "update" }',
        f"attributes.price.type is missing: one of {WRITTEN}.",
    ),
    "a type that is none": (
        [("text(100)", "txet(100)")],
        'name  = "txet(100)"',
        'attributes.name has no type: There is no type "txet"; did you mean "text"?',
    ),
    "a type of another database": (
        [("text(100)", "varchar(100)")],
        'name  = "varchar(100)"',
        'attributes.name has no type: There is no type "varchar"; did you mean "text(100)"?',
    ),
    "a text without characters": (
        [("text(100)", "text(0)")],
        'name  = "text(0)"',
        'attributes.name has no type: "text(0)": text has a length from 1 to 16,777,216 characters, as in "text(100)".',
    ),
    "a text without a length": (
        [("text(100)", "text")],
        'name  = "text"',
        'attributes.name has no type: "text": text has a length from 1 to 16,777,216 characters, as in "text(100)".',
    ),
    "a text that is too long": (
        [("text(100)", "text(16777217)")],
        'name  = "text(16777217)"',
        'attributes.name has no type: "text(16777217)": text has a length from 1 to 16,777,216 characters, '
        'as in "text(100)".',
    ),
    "a number of too many digits": (
        [("12,2", "39,2")],
        PRICE.replace("12,2", "39,2"),
        'attributes.price.type has no type: "number(39,2)": a number has from 1 to 38 digits in all, '
        'and no more than those and 37 behind the point, as in "number(12,2)".',
    ),
    "a number with more digits behind the point than in all": (
        [("12,2", "2,3")],
        PRICE.replace("12,2", "2,3"),
        'attributes.price.type has no type: "number(2,3)": a number has from 1 to 38 digits in all, '
        'and no more than those and 37 behind the point, as in "number(12,2)".',
    ),
    "a type that has no size": (
        [('"integer"', '"integer(5)"')],
        'thing_id = "integer(5)"',
        'key.thing_id has no type: "integer" has no size; write it as "integer".',
    ),
    "what is no type at all": (
        [("text(100)", "text(100")],
        'name  = "text(100"',
        f'attributes.name has no type: "text(100" is no type; the types are {WRITTEN}.',
    ),
    "a key that cannot be compared": (
        [('"integer"', '"variant"')],
        'thing_id = "variant"',
        "key.thing_id cannot be a variant; give it a type whose values are compared.",
    ),
    "a stand-in that does not fit": (
        [('null = "*"', 'null = "all"')],
        f"region   = {REGION.replace('*', 'all')}",
        'key.region.null: the stand-in "all" is no text(2).',
    ),
    "a stand-in that is no value of its type": (
        [('"text(2)"', '"integer"')],
        f"region   = {REGION.replace('text(2)', 'integer')}",
        'key.region.null: the stand-in "*" is no integer.',
    ),
}
