"""Records: texts that a query parses only to take the values at paths of them, as a view of landed JSON lines does.

Such a value needs no canonical text, which takes long to make, so most records stay as they are written. What DuckDB
would make of a fraction is a DOUBLE: one with more digits is a text in a record, with a mark before it.
"""

from sqlglot import exp

from snowglobe.query import variant

# Of the private use area: no text has it but by accident.
_MARK = "\uf8ff"
_LONG = "|".join(f"[0-9]{{{before}}}[.][0-9]{{{16 - before}}}" for before in range(1, 16))
# What DuckDB takes besides JSON, words within texts among it; and what a DOUBLE has not.
_ODD = rf"(^|[:\[,])[ \t\r\n]*-?([Nn][Aa]|[Ii])|,[ \t\r\n]*[\]}}]|{_LONG}"
_ALL_QUOTES = "LEN({0}) - LEN(REPLACE({0}, '\"', ''))"
# DuckDB's VARIANT has a name once.
_ONCE = "CAST(CAST(CAST(t AS JSON) AS VARIANT) AS JSON)::VARCHAR"
_HAS_NAME_TWICE = f"""
CASE
    WHEN LEN(t) - LEN(REPLACE(t, '{{', '')) < 2 THEN LEN(LIST_DISTINCT(JSON_KEYS(t))) < LEN(JSON_KEYS(t))
    ELSE CONTAINS(t, '\\u0022') OR {_ALL_QUOTES.format("t")} <> {_ALL_QUOTES.format(_ONCE)}
END
"""
_MARKED = rf"""
ARRAY_TO_STRING(LIST_TRANSFORM(REGEXP_EXTRACT_ALL({variant.CANONICAL}, '{variant.TOKEN}'), LAMBDA n:
    CASE WHEN n[1] <> '"' AND REGEXP_MATCHES(n, '{_LONG}') THEN '"{_MARK}' || n || '"' ELSE n END
), '')
"""
_RECORD = f"""
CASE
    WHEN NOT JSON_VALID(t) THEN NULL
    WHEN REGEXP_MATCHES(t, '{_ODD}') THEN {_MARKED}
    WHEN {_HAS_NAME_TWICE} THEN {_MARKED}
    ELSE t
END
"""


def parsed_for_paths(tree: exp.Expr) -> exp.Expr:
    """The tree with those of its TRY_PARSE_JSON made records whose values are asked for paths alone."""
    for node in list(tree.find_all(exp.ParseJSON)):
        if isinstance(node.parent, exp.Alias) and _is_record(tree, node.parent):
            node.replace(variant.made(node.this, _RECORD))
    return tree


def text(of: exp.Expr, kind: exp.Expr) -> exp.Expr:
    """The text of a value at a path as it was written. `of`: what DuckDB makes of it; `kind`: the type of the value."""
    marks = exp.Literal.string(f'"?{_MARK}([-0-9.]+)"?')
    parts = [of.copy(), marks, exp.Literal.string(r"\1"), exp.Literal.string("g")]
    unmarked = exp.Anonymous(this="REGEXP_REPLACE", expressions=parts)
    whole = exp.Anonymous(this="LEFT", expressions=[of.copy(), exp.Literal.number(-2)])
    number = exp.Case(ifs=[exp.If(this=exp.EQ(this=kind, expression=exp.Literal.string("DOUBLE")), true=whole)])
    number.set("default", of.copy())
    is_marked = exp.Anonymous(this="CONTAINS", expressions=[of.copy(), exp.Literal.string(_MARK)])
    # Of a number that is whole DuckDB shows a fraction.
    is_whole = exp.Anonymous(this="SUFFIX", expressions=[of.copy(), exp.Literal.string(".0")])
    return exp.Case(ifs=[exp.If(this=is_marked, true=unmarked), exp.If(this=is_whole, true=number)], default=of)


def _is_record(tree: exp.Expr, alias: exp.Alias) -> bool:
    """Whether everything of its name is a value whose paths are asked, and nothing may select it unnamed."""
    select = alias.parent
    inside = select.parent if select else None
    if not isinstance(inside, exp.CTE):
        return False
    named = [column for column in tree.find_all(exp.Column) if column.name.lower() == alias.alias.lower()]
    others = [other for other in tree.find_all(exp.Alias) if other.alias.lower() == alias.alias.lower()]
    stars = (star.find_ancestor(exp.Select) for star in tree.find_all(exp.Star))
    return (
        len(others) == 1
        and all(isinstance(column.parent, (exp.JSONExtract, exp.Typeof)) for column in named)
        and not any(star and _reads(star, inside.alias) for star in stars)
    )


def _reads(select: exp.Select, name: str) -> bool:
    sources = [select.args.get("from_"), *select.args.get("joins", ())]
    return any(source and source.this.alias_or_name.lower() == name.lower() for source in sources)
