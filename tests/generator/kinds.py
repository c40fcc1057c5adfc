"""A definition for each kind of feed that is made up."""

_ATTRIBUTES = """
[attributes]
name = "text(40)"
email = "text(80)"
price = "number(12,2)"
opened_on = "date"
is_active = "boolean"
stock = { type = "number(9,0)", change = "update" }
brand = { type = "text(20)", change = "correct" }
first_seen = { type = "timestamp", change = "keep" }
prefs = "variant"

[generate]
names = { attributes = ["name", "email"], rate = 0.2 }
"""
_CHANGES = """
dimension = "account"

[feed]
kind = "changes"
"""
_OP = 'op = { column = "op", upsert = ["", "I", "U"], delete = ["D"], truncate = ["T"] }\n'
_MOVES = '\n[key]\naccount_no = { type = "integer", before = "BI_account_no" }\n'
_KEY = '\n[key]\nsku = "text(40)"\nregion = { type = "text(2)", null = "*" }\n'
_DEBEZIUM = _CHANGES + 'format = "json"\nlayout = "debezium"\n'
_SNAPSHOTS = """
dimension = "catalog"

[feed]
kind = "snapshots"
guard = { max_deleted = 1.0, min_rows = 1 }
"""
_COLUMNS = [
    *("op", "at", "n", "account_no", "name", "email", "price", "opened_on", "is_active", "stock"),
    *("prefs", "unasked", "first_seen", "brand", "BI_account_no"),
]

KINDS = {
    "dms": f"""{_CHANGES}format = "csv"
null = "NULL"
files = '(LOAD)?[0-9A-F-]+[.]csv([.]gz)?'
time = "at"
sequence = ["n"]
initial = {{ files = 'LOAD[0-9A-F]+[.]csv', time = "1900-01-01" }}
{_OP}{_MOVES}{_ATTRIBUTES}""",
    "csv without a header": f"""{_CHANGES}format = "csv"
delimiter = ";"
quote = "'"
encoding = "iso-8859-1"
columns = {_COLUMNS}
time = {{ column = "at", format = "epoch_ms" }}
sequence = ["n"]
{_OP}{_MOVES}{_ATTRIBUTES}""",
    "csv in UTF-16": f"""{_CHANGES}format = "csv"
delimiter = "|"
encoding = "utf-16"
time = "at"
{_OP}{_KEY}{_ATTRIBUTES}""",
    "json": f"""{_CHANGES}format = "json"
missing = "keep"
time = {{ column = "meta.at", format = "epoch_us" }}
sequence = ["meta.n", "m"]
{_OP.replace('"op"', '"meta.op"')}{_MOVES}{_ATTRIBUTES.replace('"text(20)"', '"text(20)", from = "made.by"')}""",
    "json, whole": f'{_CHANGES}format = "json"\ntime = "at"\n{_OP}{_KEY}{_ATTRIBUTES}',
    "parquet": f'{_CHANGES}format = "parquet"\ntime = "at"\nsequence = ["n"]\n{_OP}{_MOVES}{_ATTRIBUTES}',
    "parquet of two parts": f'{_CHANGES}format = "parquet"\ntime = {{ column = "at", format = "epoch_s" }}\n'
    f"{_OP}{_KEY}{_ATTRIBUTES}",
    "debezium": f'{_DEBEZIUM}missing = "keep"\n{_KEY}{_ATTRIBUTES}',
    "debezium, mysql": f'{_DEBEZIUM}missing = "keep"\nconnector = "mysql"\n{_KEY}{_ATTRIBUTES}',
    "debezium, sqlserver": f'{_DEBEZIUM}connector = "sqlserver"\n{_KEY}{_ATTRIBUTES}',
    "debezium, oracle": f'{_DEBEZIUM}connector = "oracle"\n{_KEY}{_ATTRIBUTES}',
    "snapshots": f"""{_SNAPSHOTS}format = "csv"
time = {{ file = 'catalog_(\\d{{4}}-\\d{{2}}-\\d{{2}})' }}
{_KEY}{_ATTRIBUTES}""",
    "snapshots in json": f'{_SNAPSHOTS}format = "json"\ntime = "as_of"\n{_KEY}{_ATTRIBUTES}',
    "snapshots in parquet": f"""{_SNAPSHOTS}format = "parquet"
files = 'night-[0-9TZ:-]+[.]parquet'
time = {{ file = 'night-([0-9TZ:-]+)[.]parquet' }}
{_KEY}{_ATTRIBUTES}""",
}
