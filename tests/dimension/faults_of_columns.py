"""What can be wrong with the top, the names of columns, and what is said of them."""

from tests.dimension.definitions import OP, PRICE, OneFault

FAULTS: dict[str, OneFault] = {
    "a word at the top that is not known": (
        [("[feed]", 'name = "x"\n\n[feed]')],
        'name = "x"',
        'There is no word "name" at the top; it can be dimension, feed, key, attributes, history, storage, generate.',
    ),
    "a table that is not known": (
        [("[attributes]", "[histroy]\nkeep = true\n\n[attributes]")],
        "[histroy]",
        'There is no word "histroy" at the top; did you mean "history"?',
    ),
    "an attribute that is called as another on its way to a value": (
        [(PRICE, f'{PRICE}\nprice_text = "text(9)"')],
        'price_text = "text(9)"',
        '"price_text" cannot stand beside "price": that is its name on the way from text to value; give it another '
        'name, and say from = "price_text".',
    ),
    "an attribute that is called as a sequence on its way to a number": (
        [(OP, f'{OP}\nsequence = ["Lsn"]'), (PRICE, f'{PRICE}\nlsn_text = "text(9)"')],
        'lsn_text = "text(9)"',
        '"lsn_text" cannot stand beside "lsn": that is its name on the way from text to value; give it another '
        'name, and say from = "lsn_text".',
    ),
    "an attribute that is called as a time on its way to a value": (
        [(PRICE, f'{PRICE}\nupdated_at_wall_clock = "text(9)"')],
        'updated_at_wall_clock = "text(9)"',
        'No column can be called "updated_at_wall_clock": the tables have one of that name; give it another, and say '
        'from = "updated_at_wall_clock".',
    ),
    "a word in [feed] that is not known": (
        [("format = ", 'fiels = "x"\nformat = ')],
        'fiels = "x"',
        'There is no word "fiels" in [feed]; did you mean "files"?',
    ),
    "a word of op that is not known": (
        [("delete = [", 'insert = ["N"], delete = [')],
        OP.replace("delete", 'insert = ["N"], delete'),
        'There is no word "insert" in [feed.op]; did you mean "upsert"?',
    ),
    "a word of an attribute that is not known": (
        [("change = ", "changes = ")],
        PRICE.replace("change", "changes"),
        'There is no word "changes" in [attributes.price]; did you mean "change"?',
    ),
    "the name is missing": (
        [('dimension = "thing"\n\n', "")],
        "[feed]",
        "dimension is missing: the name, which is the file's too.",
    ),
    "the name is another than the file's": (
        [('"thing"', '"things"')],
        'dimension = "things"',
        'The dimension "things" has to stand in a file things.toml.',
    ),
    "no column in the key": (
        [("thing_id = ", "# "), ("region   = ", "# ")],
        "[key]",
        "key has no column in it.",
    ),
    "no column in the attributes": (
        [("name  = ", "# "), ("price = ", "# ")],
        "[attributes]",
        "attributes has no column in it.",
    ),
    "a name that is not plain": (
        [("name  = ", "Name = ")],
        'Name = "text(100)"',
        '"Name" is no name for a column: it is made of a to z, 0 to 9 and _, and begins with a letter; '
        'give it another, and say from = "Name".',
    ),
    "a name that is reserved on Snowflake": (
        [("name  = ", "minus = ")],
        'minus = "text(100)"',
        'No column can be called "minus": it is a reserved word of SQL; give it another, and say from = "minus".',
    ),
    "a name that is reserved on one machine": (
        [("name  = ", "summarize = ")],
        'summarize = "text(100)"',
        'No column can be called "summarize": it is a reserved word of SQL; give it another, '
        'and say from = "summarize".',
    ),
    "a name that the tables have": (
        [("name  = ", "valid_to = ")],
        'valid_to = "text(100)"',
        'No column can be called "valid_to": the tables have one of that name; give it another, '
        'and say from = "valid_to".',
    ),
    "a name that is too long": (
        [("name  = ", f"{'n' * 201} = ")],
        f'{"n" * 201} = "text(100)"',
        f'"{"n" * 201}" is too long for a column: it has at most 200 characters.',
    ),
    "an attribute that is a key": (
        [("name  = ", "region = "), ('"text(100)"', '{ type = "text(2)", from = "area" }')],
        'region = { type = "text(2)", from = "area" }',
        '"region" is a part of the key, so it is no attribute.',
    ),
    "a column that is read twice": (
        [('"text(100)"', '{ type = "text(100)", from = "PRICE" }')],
        PRICE,
        'The column "price" of the feed is read twice, as attributes.name and as attributes.price.',
    ),
    "an attribute that is the time": (
        [("name  = ", "changed_at = ")],
        'changed_at = "text(100)"',
        'The column "changed_at" of the feed is read twice, as feed.time and as attributes.changed_at.',
    ),
    "a column twice": (
        [("price = {", "name = {")],
        'name = { type = "number(12,2)", change = "update" }',
        "This is no TOML: Cannot overwrite a value.",
    ),
    "no TOML": ([("[key]", "[key")], "[key", "This is no TOML: Expected ']' at the end of a table declaration."),
    "an end in the middle": (
        [('"update" }\n', '"update"')],
        'price = { type = "number(12,2)", change = "update"',
        "This is no TOML: Unclosed inline table.",
    ),
    "a change that is none": (
        [('"update"', '"overwrite"')],
        PRICE.replace("update", "overwrite"),
        'attributes.price.change cannot be "overwrite"; it can be version, update, correct, keep.',
    ),
    "a kind of change without versions": (
        [("[attributes]", "[history]\nkeep = false\n\n[attributes]")],
        PRICE,
        'attributes.price: change = "update" says something of versions, and history.keep = false keeps none.',
    ),
    "a number of the definition that is not reached": (
        [('change = "update"', "since = 3")],
        PRICE.replace('change = "update"', "since = 3"),
        "attributes.price is since 3, and nothing is since 2: the number of a definition rises by one.",
    ),
    "a number of the definition below one": (
        [('change = "update"', "since = 0")],
        PRICE.replace('change = "update"', "since = 0"),
        "attributes.price.since must be 1 or more, and is 0.",
    ),
    "before without since": (
        [('change = "update"', 'before = "first"')],
        PRICE.replace('change = "update"', 'before = "first"'),
        "attributes.price.before says what older versions show, so it needs a since beside it.",
    ),
    "a former name that is still there": (
        [('change = "update"', 'was = "name"')],
        PRICE.replace('change = "update"', 'was = "name"'),
        'attributes.price.was: "name" is still the name of a column.',
    ),
    "no storage of the kind": (
        [("[attributes]", '[storage]\nlayout = "large"\n\n[attributes]')],
        'layout = "large"',
        'storage.layout cannot be "large"; it can be small, merge_on_read.',
    ),
    "a group of attributes that are not there": (
        [("[attributes]", '[generate]\nnames = { attributes = ["nam"], rate = 0.1 }\n\n[attributes]')],
        'names = { attributes = ["nam"], rate = 0.1 }',
        'generate.names: there is no attribute "nam"; did you mean "name"?',
    ),
    "a rate above one": (
        [("[attributes]", '[generate]\nnames = { attributes = ["name"], rate = 1.5 }\n\n[attributes]')],
        'names = { attributes = ["name"], rate = 1.5 }',
        "generate.names.rate must be from 0 to 1, and is 1.5.",
    ),
    "a provider for another group's attribute": (
        [
            (
                "[attributes]",
                "[generate]\na = { attributes = ['name'], rate = 1 }\nb = { attributes = ['price'], rate = 0, "
                "faker = { name = 'company' } }\n\n[attributes]",
            )
        ],
        "b = { attributes = ['price'], rate = 0, faker = { name = 'company' } }",
        'generate.b.faker: "name" is not in the group.',
    ),
}
