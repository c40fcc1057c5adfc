"""VARIANT: DuckDB's JSON, as the one text that a value has. Names are in order, no blanks, numbers without zeros.

So two values are equal if their texts are. What Snowflake's parser takes and JSON does not know, as `[1,]` or `NaN`, is
an error here. DuckDB's own VARIANT would put names in order, but makes a DOUBLE of every fraction.

https://docs.snowflake.com/en/sql-reference/functions/parse_json and .../functions/to_json
"""

from collections.abc import Callable

from sqlglot import exp

TYPE = exp.DataType.build("JSON", dialect="duckdb")

STRING = r'"(?:[^"\\]|\\.)*"'
TOKEN = rf"{STRING}|-?[0-9][0-9.eE+-]*|[a-z]+|[\[\]{{}},:]"
_BLANK = r"[ \t\r\n]*"
# What DuckDB takes besides JSON.
_NO_JSON = rf",{_BLANK}[\]}}]|[Nn][Aa][Nn]|[Ii][Nn][Ff]"
# A number with an exponent stays as it is: what it is worth may have a million digits.
_NUMBER = r"""
CASE
    WHEN CONTAINS(LOWER(k), 'e') THEN LOWER(k)
    ELSE REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE(k, '([.][0-9]*?)0+$', '\1'), '[.]$', ''), '^-0$', '0')
END
"""


def canonical(t: str) -> str:
    """DuckDB's SQL for the canonical text of a JSON text; NULL of what is no JSON, or has a name twice in one object.

    DuckDB's VARIANT puts names in order, and of equal ones takes the last. Texts and numbers go through it as texts
    that begin with a letter of ours.
    """
    return rf"""
CASE WHEN JSON_VALID({t}) AND NOT REGEXP_MATCHES(REGEXP_REPLACE({t}, '{STRING}', '""', 'g'), '{_NO_JSON}') THEN
    LIST_TRANSFORM([REGEXP_EXTRACT_ALL({t}, '{TOKEN}')], LAMBDA ks: CASE WHEN ks = ['null'] THEN 'null' ELSE
        LIST_TRANSFORM([REGEXP_EXTRACT_ALL(CAST(CAST(CAST(
            ARRAY_TO_STRING(LIST_TRANSFORM(ks, LAMBDA k: CASE
                WHEN k[1] = '"' THEN '"s' || k[2:]
                WHEN k[1] = '-' OR k[1] BETWEEN '0' AND '9' THEN '"n' || {_NUMBER} || '"'
                ELSE k
            END), '')
            AS JSON) AS VARIANT) AS JSON)::VARCHAR, '{TOKEN}')],
        LAMBDA rs: CASE WHEN LEN(LIST_FILTER(rs, LAMBDA r: r = ':')) = LEN(LIST_FILTER(ks, LAMBDA r: r = ':')) THEN
            ARRAY_TO_STRING(LIST_TRANSFORM(rs, LAMBDA k: CASE
                WHEN k[1:2] = '"s' THEN '"' || k[3:]
                WHEN k[1:2] = '"n' THEN k[3:-2]
                ELSE k
            END), '')
        END)[1]
    END)[1]
END
"""


def parsed(node: exp.ParseJSON) -> exp.Expr:
    """TRY_PARSE_JSON: NULL of what is no JSON, or has a name twice in one object."""
    return made(node.this, canonical)


def made(text: exp.Expr, how: Callable[[str], str]) -> exp.Expr:
    """A VARIANT of a text. `how`: DuckDB's SQL for its JSON, given that for the text."""
    if isinstance(text, exp.Column):
        written: exp.Expr = exp.Var(this=how(text.sql(dialect="duckdb", identify=True)))
    else:
        # In a list of one, so that the text is asked for once.
        each = [exp.Array(expressions=[text]), exp.Var(this=f"LAMBDA t: {how('t')}")]
        once = exp.Anonymous(this="LIST_TRANSFORM", expressions=each)
        written = exp.Anonymous(this="LIST_EXTRACT", expressions=[once, exp.Literal.number(1)])
    return exp.Cast(this=written, to=TYPE.copy())


def without_null(node: exp.StripNullValue) -> exp.Expr:
    """STRIP_NULL_VALUE: the null of JSON, which is a value, as NULL."""
    return exp.Nullif(this=node.this, expression=exp.Cast(this=exp.Literal.string("null"), to=TYPE.copy()))


def text(node: exp.JSONFormat) -> exp.Expr:
    """TO_JSON: the text as it is. DuckDB's own would make a DOUBLE of every fraction."""
    return exp.Cast(this=exp.Cast(this=node.this, to=TYPE.copy()), to=exp.DataType.build("TEXT", dialect="duckdb"))
