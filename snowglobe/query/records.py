"""Records: texts that a query parses only to take the values at paths of them, as a view of landed JSON lines does.

Such a value needs no canonical text, which takes long to make, so most records stay as they are written. What DuckDB
would make of a fraction is a DOUBLE: one with more digits is a text in a record, with a mark before it.
"""

from collections.abc import Set

from sqlglot import exp

from snowglobe.query import variant

# Of the private use area: no text has it but by accident.
_MARK = "\uf8ff"
# Digits that a DOUBLE has not, or would show with an exponent.
_LONG = "|".join(["[.]0{6}", *(f"[0-9]{{{before}}}[.][0-9]{{{16 - before}}}" for before in range(1, 16))])
# What DuckDB takes besides JSON, words within texts among it; and what a DOUBLE has not.
_ODD = rf"(^|[:\[,])[ \t\r\n]*-?([Nn][Aa]|[Ii])|,[ \t\r\n]*[\]}}]|{_LONG}"


def parsed_for_paths(tree: exp.Expr) -> exp.Expr:
    """The tree with those of its TRY_PARSE_JSON made records whose values are asked for paths alone."""
    aliased = [node.parent for node in tree.find_all(exp.ParseJSON) if isinstance(node.parent, exp.Alias)]
    # All are looked at first: what takes the place of one shows no columns.
    for alias in [alias for alias in aliased if _is_record(tree, alias)]:
        alias.set("this", variant.made(alias.this.this, _record))
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


def _record(t: str) -> str:
    """DuckDB's SQL for the record of a text; NULL of what is no JSON, or has a name twice in one object."""
    # Those of each object; in an array, because DuckDB's path leaves out those of the whole.
    names = f"CASE WHEN {t} LIKE '%{{%{{%' THEN JSON_KEYS('[' || {t} || ']', '$..*') ELSE [JSON_KEYS({t})] END"
    return f"""
CASE
    WHEN NOT JSON_VALID({t}) THEN NULL
    WHEN REGEXP_MATCHES({t}, '{_ODD}') THEN {_marked(variant.canonical(t))}
    WHEN LEN(LIST_FILTER({names}, LAMBDA each: LEN(LIST_DISTINCT(each)) < LEN(each))) > 0 THEN NULL
    ELSE {t}
END
"""


def _marked(canonical: str) -> str:
    return rf"""
ARRAY_TO_STRING(LIST_TRANSFORM(REGEXP_EXTRACT_ALL({canonical}, '{variant.TOKEN}'), LAMBDA n:
    CASE WHEN n[1] <> '"' AND REGEXP_MATCHES(n, '{_LONG}') THEN '"{_MARK}' || n || '"' ELSE n END
), '')
"""


def _is_record(tree: exp.Expr, alias: exp.Alias) -> bool:
    """Whether paths alone are asked of everything of its name, and of what it is handed on to; no star selects it."""
    names, unseen = set[str](), [alias]
    holders = set[str]()
    while unseen:
        given = unseen.pop()
        holder = _expression(given)
        if holder is None:
            return False
        holders.add(holder.alias.lower())
        if (name := given.alias_or_name.lower()) in names:
            continue
        names.add(name)
        for column in tree.find_all(exp.Column):
            if column.name.lower() == name and column is not given:
                handed_on = _handed_on(column)
                if handed_on is None:
                    return False
                unseen += handed_on
    stars = (star.find_ancestor(exp.Select) for star in tree.find_all(exp.Star))
    return not any(star and _reads(star, holders) for star in stars)


def _handed_on(column: exp.Column) -> list[exp.Expr] | None:
    """The item of a SELECT that has the value, or one at a path of it; none if it is read there; None if elsewhere."""
    node: exp.Expr = column
    if isinstance(node.parent, exp.Typeof):
        return []
    if isinstance(node.parent, exp.JSONExtract):
        node = node.parent
        if isinstance(node.parent, (exp.Cast, exp.Is, exp.Typeof, exp.IsNullValue)):
            return []
    while isinstance(node.parent, (exp.If, exp.Case)) and node.arg_key != "this":
        node = node.parent
    if isinstance(node.parent, exp.Alias):
        return [node.parent]
    return [node] if isinstance(node.parent, exp.Select) and node is column else None


def _expression(item: exp.Expr) -> exp.CTE | None:
    """The common table expression whose SELECT has the item in its list."""
    inside = item.parent.parent if isinstance(item.parent, exp.Select) and item.arg_key == "expressions" else None
    return inside if isinstance(inside, exp.CTE) else None


def _reads(select: exp.Select, names: Set[str]) -> bool:
    sources = [select.args.get("from_"), *select.args.get("joins", ())]
    return any(source and source.this.alias_or_name.lower() in names for source in sources)
