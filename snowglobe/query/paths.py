"""Paths into a VARIANT, `record:a.b` or GET_PATH(record, 'a.b'), and what is asked of the value there.

https://docs.snowflake.com/en/user-guide/querying-semistructured, .../functions/typeof and .../functions/is_null_value
"""

from sqlglot import exp

from snowglobe.query import records

_PARTS = (exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript)
_ARGUMENTS = {"this", "expression", "variant_extract", "requires_json"}
# What a value at a path may be given to, if it is not handed on. Compared with something, it would be its JSON text.
_TAKEN_BY = (exp.Cast, exp.Is, exp.Typeof, exp.IsNullValue, exp.JSONFormat)


def is_known(node: exp.JSONExtract) -> bool:
    """Whether it is a path of names and positions, and its value is taken by something that DuckDB answers alike."""
    path = node.expression
    return (
        {part for part, value in node.args.items() if value} <= _ARGUMENTS
        and isinstance(path, exp.JSONPath)
        and all(isinstance(part, _PARTS) and _is_plain(part) for part in path.expressions)
        and (_is_whole(node) or isinstance(node.parent, _TAKEN_BY))
        # TRY_CAST takes texts alone.
        and not isinstance(node.parent, exp.TryCast)
    )


def _is_whole(node: exp.JSONExtract) -> bool:
    """Whether the value is handed on as it is: by IFF or CASE, not where they compare; or by GET_PATH as a column."""
    if isinstance(node.parent, (exp.If, exp.Case)):
        return node.arg_key in ("true", "false", "default")
    return isinstance(node.parent, exp.Alias) and not node.args.get("variant_extract")


def text(node: exp.JSONExtract) -> exp.Expr:
    """The value as text: NULL if it is missing, or a null of JSON. Of a text without quotes."""
    return records.text(_call("JSON_EXTRACT_STRING", node), _call("JSON_TYPE", node))


def value(node: exp.JSONExtract) -> exp.Expr:
    """The value as a VARIANT: NULL if it is missing, a null of JSON is a value."""
    return _call("JSON_EXTRACT", node)


def place(of: exp.Expr) -> str:
    """Where a value is within its column, as DuckDB's path: of a JSONExtract, or of the column itself."""
    return "".join(map(_written, of.expression.expressions)) if isinstance(of, exp.JSONExtract) else "$"


def type_of(node: exp.Typeof, kind: exp.Expr | None = None) -> exp.Expr:
    """TYPEOF of a VARIANT, or of the value at a path. `kind`: DuckDB's name for it, if it is known already."""
    of = node.this
    kind = _kind(of) if kind is None else kind
    written = text(of) if isinstance(of, exp.JSONExtract) else exp.cast(of.copy(), exp.DType.TEXT)
    # DuckDB calls every number DOUBLE that has more than 64 bits.
    digits = exp.Anonymous(this="REGEXP_FULL_MATCH", expressions=[written, exp.Literal.string("-?[0-9]+")])
    number = exp.Case(ifs=[exp.If(this=digits, true=_name("INTEGER"))], default=_name("DECIMAL"))
    names = {"NULL": _name("NULL_VALUE"), "BIGINT": _name("INTEGER"), "UBIGINT": _name("INTEGER"), "DOUBLE": number}
    cases = [exp.If(this=_name(name), true=then) for name, then in names.items()]
    return exp.Case(this=kind, ifs=cases, default=kind.copy())


def is_null_value(node: exp.IsNullValue, kind: exp.Expr | None = None) -> exp.Expr:
    """IS_NULL_VALUE of the value at a path: NULL if there is none. `kind`: as in `type_of`."""
    return exp.EQ(this=_kind(node.this) if kind is None else kind, expression=_name("NULL"))


def _kind(of: exp.Expr) -> exp.Expr:
    """DuckDB's name for the type of a value; NULL if there is none."""
    if isinstance(of, exp.JSONExtract):
        return _call("JSON_TYPE", of)
    return exp.Anonymous(this="JSON_TYPE", expressions=[of.copy()])


def _call(name: str, node: exp.JSONExtract) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[node.this.copy(), exp.Literal.string(place(node))])


def _written(part: exp.Expr) -> str:
    match part:
        case exp.JSONPathKey():
            return f'."{part.name}"'
        case exp.JSONPathSubscript():
            return f"[{part.this}]"
    return "$"


def _is_plain(part: exp.Expr) -> bool:
    """Whether DuckDB can say it: it knows no quote within a name, and takes * for every name."""
    match part:
        case exp.JSONPathKey():
            return isinstance(part.this, str) and part.this != "*" and not set('"\\') & set(part.this)
        case exp.JSONPathSubscript():
            return isinstance(part.this, int) and part.this >= 0
    return True


def _name(text: str) -> exp.Literal:
    return exp.Literal.string(text)
