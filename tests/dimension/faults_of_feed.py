"""What can be wrong with [feed]."""

from tests.dimension.definitions import COLUMNS, GUARD, KINDS, OP, PRICE, SNAPSHOTS, TIME, OneFault

FAULTS: dict[str, OneFault] = {
    "no format": ([('format = "csv"\n', "")], "[feed]", "feed.format is missing: csv, json or parquet."),
    "no kind": ([(f"{KINDS}\n", "")], "[feed]", "feed.kind is missing: changes or snapshots."),
    "a kind that is none": (
        [(KINDS, 'kind   = "change"')],
        'kind   = "change"',
        'feed.kind cannot be "change"; did you mean "changes"?',
    ),
    "no time": (
        [("time   = ", "sequence = [ ]\n#")],
        "[feed]",
        "feed.time is missing: the column that says when a row became true.",
    ),
    "time has neither a column nor a file": (
        [(TIME, '{ format = "iso" }')],
        'time   = { format = "iso" }',
        "feed.time has either a column or a file, as a regular expression for its name.",
    ),
    "a format of time that is none": (
        [(TIME, '{ column = "t", format = "epoch" }')],
        'time   = { column = "t", format = "epoch" }',
        'feed.time.format cannot be "epoch"; did you mean "epoch_s"?',
    ),
    "a number where a text belongs": (
        [(TIME, "5")],
        "time   = 5",
        "feed.time must be the name of a column, or a table with more words, and is a whole number.",
    ),
    "a text where a list belongs": (
        [('["D"]', '"D"')],
        OP.replace('["D"]', '"D"'),
        'feed.op.delete must be a list of texts, as ["a", "b"], and is text.',
    ),
    "a list of other than texts": (
        [('["D"]', "[1]")],
        OP.replace('["D"]', "[1]"),
        'feed.op.delete must be a list of texts, as ["a", "b"].',
    ),
    "a list with a text twice": (
        [('["D"]', '["D", "D"]')],
        OP.replace('["D"]', '["D", "D"]'),
        'feed.op.delete has "D" twice.',
    ),
    "a text where a truth value belongs": (
        [('change = "update"', 'retired = "yes"')],
        PRICE.replace('change = "update"', 'retired = "yes"'),
        "attributes.price.retired must be true or false, and is text.",
    ),
    "a text that is empty": ([(TIME, '""')], 'time   = ""', "feed.time is empty."),
    "words for op that are missing": (
        [(', delete = ["D"]', "")],
        OP.replace(', delete = ["D"]', ""),
        'feed.op.delete is missing: the words for it, as ["D"].',
    ),
    "a column without a name": (
        [("format = ", 'sequence = ["a", ""]\nformat = ')],
        'sequence = ["a", ""]',
        "feed.sequence has an empty text in it.",
    ),
    "no words for op": ([('["D"]', "[]")], OP.replace('["D"]', "[]"), "feed.op.delete has no word in it."),
    "one word for upsert and delete": (
        [('["D"]', '["D", "i"]')],
        OP.replace('["D"]', '["D", "i"]'),
        'feed.op: "I" is a word for upsert and for delete; upper and lower case are one.',
    ),
    "a word in two cases": (
        [('["D"]', '["D", "d"]')],
        OP.replace('["D"]', '["D", "d"]'),
        'feed.op: "D" is there twice as delete; upper and lower case are one.',
    ),
    "files are no regular expression": (
        [("format = ", "files = '*.csv'\nformat = ")],
        "files = '*.csv'",
        "feed.files is no regular expression: nothing to repeat at position 0.",
    ),
    "a regular expression that Snowflake does not know": (
        [("format = ", "files = '(?:a|b)[.]csv'\nformat = ")],
        "files = '(?:a|b)[.]csv'",
        'feed.files has "(?" in it, which regular expressions of Snowflake do not know.',
    ),
    "an initial load of no regular expression": (
        [("format = ", "initial = { files = '(', time = '1900-01-01' }\nformat = ")],
        "initial = { files = '(', time = '1900-01-01' }",
        "feed.initial.files is no regular expression: missing ), unterminated subpattern at position 0.",
    ),
    "an initial load of no time": (
        [("format = ", "initial = { files = 'x', time = 'ever' }\nformat = ")],
        "initial = { files = 'x', time = 'ever' }",
        'feed.initial.time: "ever" is no time, as "1900-01-01" is.',
    ),
    "a guard for changes": (
        [("format = ", f"{GUARD}format = ")],
        GUARD.strip(),
        'feed.guard goes with kind = "snapshots": changes end nothing by absence.',
    ),
    "time from a file's name for changes": (
        [(TIME, r"{ file = 'x_(\d+)' }")],
        r"time   = { file = 'x_(\d+)' }",
        'feed.time.file goes with kind = "snapshots"; changes have a column with the time.',
    ),
    "a layout of snapshots": (
        [*SNAPSHOTS, (f"time   = {TIME}\n", f'layout = "airbyte"\n{GUARD}'), ('"csv"', '"json"')],
        'layout = "airbyte"',
        'feed.layout = "airbyte" goes with kind = "changes".',
    ),
    "parts of rows in snapshots": (
        [*SNAPSHOTS, ("format = ", f'{GUARD}missing = "keep"\nformat = '), ('"csv"', '"json"')],
        'missing = "keep"',
        'feed.missing = "keep" goes with kind = "changes": a snapshot is whole.',
    ),
    "a change of key in snapshots": (
        [*SNAPSHOTS, ("format = ", f"{GUARD}format = "), ('null = "*"', 'before = "BI_region"')],
        'region   = { type = "text(2)", before = "BI_region" }',
        'key.region.before goes with kind = "changes".',
    ),
    "a format of the time in a file's name": (
        [*SNAPSHOTS, (TIME, "{ file = '([0-9-]+)', format = \"iso\" }"), ('format = "csv"', f'{GUARD}format = "csv"')],
        "time   = { file = '([0-9-]+)', format = \"iso\" }",
        "feed.time.format is of a column; in a file's name the time is ISO 8601.",
    ),
    "a column that landed rows have": (
        [(TIME, '"Loaded_At"')],
        'time   = "Loaded_At"',
        'feed.time reads the column "Loaded_At", and each landed row has one of that name from us; have the feed call '
        "it otherwise.",
    ),
    "an attribute that is called like the sequence": (
        [(OP, f'{OP}\nsequence = ["A Rank"]'), ("name  = ", "a_rank = ")],
        'a_rank = "text(100)"',
        '"a_rank" is what feed.sequence has in the tables; give it another name, and say from.',
    ),
    "two columns of the sequence that become one": (
        [(OP, f'{OP}\nsequence = ["a b", "A-B"]')],
        'sequence = ["a b", "A-B"]',
        "feed.sequence has two columns that are one in the tables; call one otherwise.",
    ),
    "a sequence that a key is on its way": (
        [(OP, f'{OP}\nsequence = ["thing_id_text"]')],
        'sequence = ["thing_id_text"]',
        'feed.sequence: "thing_id_text" is what "thing_id" is called on the way to its value.',
    ),
    "what ends a procedure, in a name": (
        [(TIME, '"$$"')],
        'time   = "$$"',
        'feed.time has "$$" in it, which no file of SQL can hold.',
    ),
    "a value of the deploy, in one of the words": (
        [('["", "I"]', '["", "{{ op }}"]')],
        OP.replace('["", "I"]', '["", "{{ op }}"]'),
        'feed.op.upsert has "{{" in it, which no file of SQL can hold.',
    ),
    "a character that ends a text, in a name": (
        [('"text(100)"', '{ type = "text(100)", from = "a\\u0000" }')],
        'name  = { type = "text(100)", from = "a\\u0000" }',
        'attributes.name.from has "\\u0000" in it, which no file of SQL can hold.',
    ),
    "a delimiter of two characters": (
        [("format = ", 'delimiter = "||"\nformat = ')],
        'delimiter = "||"',
        "feed.delimiter must be one character that is no letter, digit or line end.",
    ),
    "a delimiter that is a letter": (
        [("format = ", 'delimiter = "x"\nformat = ')],
        'delimiter = "x"',
        "feed.delimiter must be one character that is no letter, digit or line end.",
    ),
    "a delimiter that is the quote": (
        [("format = ", 'delimiter = "\'"\nquote = "\'"\nformat = ')],
        'delimiter = "\'"',
        "feed.delimiter and feed.quote are the same character.",
    ),
    "a quote that is none": (
        [("format = ", 'quote = "`"\nformat = ')],
        'quote = "`"',
        'feed.quote cannot be "`"; it can be ", \', none.',
    ),
    "an encoding that is none": (
        [("format = ", 'encoding = "utf-17"\nformat = ')],
        'encoding = "utf-17"',
        'feed.encoding cannot be "utf-17"; did you mean "utf16"?',
    ),
    "a word of NULL with a delimiter in it": (
        [("format = ", 'null = "a,b"\nformat = ')],
        'null = "a,b"',
        'feed.null: "a,b" has the delimiter or the quote in it.',
    ),
    "a delimiter of JSON": (
        [('"csv"', '"json"\ndelimiter = ";"')],
        'delimiter = ";"',
        "feed.delimiter goes with csv: json says by itself how it is written.",
    ),
    "columns that are one in any case": (
        [("format = ", f'columns = {COLUMNS[:-1]}, "PRICE"]\nformat = ')],
        f'columns = {COLUMNS[:-1]}, "PRICE"]',
        'feed.columns has "price" twice; upper and lower case are one.',
    ),
    "a column that has no place": (
        [("format = ", f"columns = {COLUMNS.replace('price', 'prices')}\nformat = ")],
        PRICE,
        'attributes.price reads the column "price", which feed.columns does not name; did you mean "prices"?',
    ),
    "a path without a name": (
        [('"csv"', '"json"'), ('change = "update"', 'from = "a..b"')],
        PRICE.replace('change = "update"', 'from = "a..b"'),
        'attributes.price reads "a..b", which is no path: that is names with a dot between two of them, without '
        "quotes, backslashes and asterisks.",
    ),
}
