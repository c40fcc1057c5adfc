"""Words of SQL that are no names: Snowflake's, and those of the engine on one machine."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# docs.snowflake.com, "Reserved & limited keywords", but for those that only SHOW cannot take.
_SNOWFLAKE = _words("""
    all alter and any as between by case cast check column connect constraint create cross current current_date
    current_time current_timestamp current_user delete distinct drop else exists false following for from full grant
    group having ilike in increment inner insert intersect into is join lateral left like localtime localtimestamp
    minus natural not null of on or order qualify regexp revoke right rlike row rows sample select set some start table
    tablesample then to trigger true try_cast union unique update using values when whenever where window with
""")
# duckdb_keywords(), the categories `reserved` and `type_function`.
_DUCKDB = _words("""
    all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check
    collate collation column columns concurrently constraint create cross default deferrable desc describe distinct do
    else end except false fetch for foreign freeze from full generated glob group having ilike in initially inner
    intersect into is isnull join lambda lateral leading left like limit map natural not notnull null offset on only or
    order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning right
    select semi show similar some struct summarize symmetric table tablesample then to trailing true try_cast tuple
    union unique unpack unpivot using variadic verbose when where window with
""")
# What snowglobe takes for a function without brackets, for a statement, or for a part of one.
_EMBEDDED = _words("""
    begin cube current_catalog current_role current_schema declare match_recognize partitioned_by rollup rowid
    session_user uncache undrop user xor
""")
RESERVED = _SNOWFLAKE | _DUCKDB | _EMBEDDED
# Too usual for a column to be refused: SQL has it in quotes.
QUOTED = _words("start user")
