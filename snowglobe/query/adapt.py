"""What sqlglot would translate to something slower, or not at all, changed in the tree before it does."""

import sys

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake

from snowglobe.query import cheaper, from_text, md5, records, types, variant
from snowglobe.query import paths as path
from snowglobe.query.concat import in_one_calls
from snowglobe.query.one_parse import in_one_parse
from snowglobe.query.one_sort import in_one_sort
from snowglobe.query.windows import in_one_order
from snowglobe.value_errors import TOO_LONG

CLOCK = "now"
# In a unit of TO_TIMESTAMP, by the scale that it is told.
_MICROSECONDS = {"3": 1000, "6": 1}

_DUCKDB_TYPES = {
    # All of Snowflake's have 64 bits.
    exp.DType.FLOAT: "DOUBLE",
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP",
    exp.DType.TIMESTAMPLTZ: "TIMESTAMPTZ",
    exp.DType.VARCHAR: "TEXT",
    exp.DType.TEXT: "TEXT",
    exp.DType.BINARY: "BLOB",
    exp.DType.VARIANT: "JSON",
}


def adapt(tree: exp.Expr, small: bool = True, parts: int = 1) -> exp.Expr:
    """The checked tree of a Snowflake statement, ready to be written as DuckDB's SQL.

    `small`: it reads few rows. `parts`: how many threads may sort the rows of an INSERT side by side.
    """
    # First, and from the outside in, as it looks at whole chains of ||.
    tree = records.parsed_for_paths(in_one_calls(tree))
    in_one_sort(tree, parts)
    in_one_parse(tree)
    # The inner nodes first, so that what takes the place of an outer one has them as they are to be.
    for node in reversed(list(tree.bfs())):
        parent, key, index = node.parent, node.arg_key, node.index
        adapted = _adapted(node, small)
        if adapted is node:
            continue
        if parent is None or key is None:
            return adapted
        parent.set(key, adapted, index)
    return tree


def _adapted(node: exp.Expr, small: bool) -> exp.Expr:
    match node:
        case exp.TableFromRows(this=exp.Anonymous() | exp.Dot()):
            # TABLE(f(x)) is Snowflake's way to call a table function; DuckDB calls it by name alone.
            return exp.Table(this=node.this, alias=node.args.get("alias"))
        case exp.Join(method="ASOF"):
            return _asof(node)
        case exp.Window() if small:
            return in_one_order(node)
        case exp.MD5NumberLower64() | exp.MD5NumberUpper64():
            return md5.half(node)
        case exp.Mod():
            return md5.remainder(node)
        case exp.Nullif():
            return cheaper.null_if(node)
        case exp.In():
            return cheaper.in_texts(node)
        case exp.FarmFingerprint():
            return _hash(node)
        case exp.CountIf():
            # DuckDB's own is NULL where there is no row.
            return exp.Count(this=exp.Case().when(node.this, exp.Literal.number(1)))
        case exp.ParseJSON():
            return variant.parsed(node)
        case exp.JSONFormat():
            return variant.text(node)
        case exp.StripNullValue():
            return variant.without_null(node)
        case exp.Length() | exp.Substring() | exp.SplitPart():
            return _plain_call(node)
        case exp.Chr() if (character := _character(node)) is not None:
            return exp.Literal.string(character)
        case exp.CurrentTimestamp():
            return _clock(utc=bool(node.args.get("sysdate")))
        case exp.CurrentDate():
            return exp.cast(_clock(utc=True), exp.DType.DATE)
        case exp.UnixToTime() if node.args.get("scale") is not None and node.args["scale"].name in _MICROSECONDS:
            return _of_microseconds(node)
        case exp.TsOrDsToDate() if node.args.get("safe"):
            return from_text.date(node)
        case exp.StrToTime() if node.args.get("safe"):
            return from_text.time(node)
        case exp.ToChar() if "YYYY" in node.args.get("format", exp.Null()).name.upper():
            return exp.TimeToStr(this=node.this, format=Snowflake.format_time(node.args["format"]))
        case exp.ToNumber() if from_text.is_hexadecimal(node):
            return _to_integer(from_text.hexadecimal(node), int(node.args["precision"].name), safe=True)
        case exp.ToNumber() if _gives_integer(node):
            safe = bool(node.args.get("safe"))
            return _to_integer(from_text.number(node.this, safe=safe), int(node.args["precision"].name), safe)
        case exp.ToNumber() | exp.ToDouble():
            node.set("this", from_text.number(node.this, safe=bool(node.args.get("safe"))))
        case exp.JSONExtract() if not isinstance(node.parent, (exp.Cast, exp.Typeof, exp.IsNullValue)):
            return path.value(node)
        case exp.Typeof():
            return path.type_of(node)
        case exp.IsNullValue():
            return path.is_null_value(node)
        case exp.Cast():
            return _cast(node)
        case exp.DataType() if not isinstance(node.parent, exp.Cast):
            return _type(node)
        case exp.Placeholder():
            return exp.Parameter(this=exp.Var(this=node.name))
    return node


def _asof(node: exp.Join) -> exp.Join:
    """DuckDB has the comparison of times among the conditions; Snowflake's join keeps rows of the left alone, too.

    https://docs.snowflake.com/en/sql-reference/constructs/asof-join
    """
    on = exp.and_(*filter(None, (node.args.get("on"), node.args["match_condition"])))
    return exp.Join(this=node.this, method="ASOF", side="LEFT", on=on)


def _plain_call(node: exp.Expr) -> exp.Expr:
    """The function by its name alone, where sqlglot would wrap a CASE around for arguments that are not there.

    Every CASE costs planning time: of the view over the landed rows a tenth, 3 ms in a refresh of 120 to 160 ms.
    """
    arguments: list[exp.Expr | None]
    match node:
        case exp.Length():
            name, arguments = "LENGTH", [node.this]
        case exp.Substring() if _whole_and_positive(node.args.get("start")):
            name, arguments = "SUBSTRING", [node.this, node.args["start"], node.args.get("length")]
        case exp.SplitPart() if node.args["delimiter"].name and _whole_and_positive(node.args.get("part_index")):
            name, arguments = "SPLIT_PART", [node.this, node.args["delimiter"], node.args["part_index"]]
        case _:
            return node
    return exp.Anonymous(this=name, expressions=[argument for argument in arguments if argument is not None])


def _whole_and_positive(node: exp.Expr | None) -> bool:
    """Whether it needs none of sqlglot's care of 0 and negative positions: a literal, or a sum with one first."""
    while isinstance(node, exp.Add):
        node = node.this
    return isinstance(node, exp.Literal) and not node.is_string and node.name != "0"


def _character(node: exp.Chr) -> str | None:
    """What CHR of one literal gives, which DuckDB would run again whenever it plans; None of anything else."""
    (code, *others) = node.expressions
    written = isinstance(code, exp.Literal) and not code.is_string and code.name.isdecimal()
    if others or not written or not (0 < int(code.name) <= sys.maxunicode) or 0xD800 <= int(code.name) < 0xE000:
        return None
    return chr(int(code.name))


def _clock(utc: bool) -> exp.Expr:
    now = exp.cast(exp.Parameter(this=exp.Var(this=CLOCK)), exp.DType.TIMESTAMP)
    return now if utc else exp.AtTimeZone(this=now, zone=exp.Literal.string("UTC"))


def _of_microseconds(node: exp.UnixToTime) -> exp.Expr:
    """DuckDB takes no integer of more than 64 bits for a time, and Snowflake's have 38 digits."""
    each = _MICROSECONDS[node.args["scale"].name]
    count = exp.Mul(this=exp.Paren(this=node.this), expression=exp.Literal.number(each)) if each > 1 else node.this
    return exp.Anonymous(this="MAKE_TIMESTAMP", expressions=[exp.cast(count, exp.DType.BIGINT)])


def _gives_integer(node: exp.ToNumber) -> bool:
    return not node.args.get("format") and node.args["scale"].name == "0"


def _cast(node: exp.Cast) -> exp.Expr:
    """CAST, :: and TRY_CAST. What does not fit the type is an error, text that is too long too: nothing is cut."""
    kind, safe = node.args["to"], isinstance(node, exp.TryCast)
    if isinstance(node.this, exp.JSONExtract):
        node.set("this", path.text(node.this))
    node = from_text.cast(node)
    number = types.digits(kind)
    if number and number[1] == 0:
        return _to_integer(node.this, number[0], safe)
    node.set("to", _type(kind))
    if safe and from_text.is_moment(kind):
        return from_text.within_years(node)
    length = types.declared_length(kind)
    return node if length is None else _no_longer(node, length, safe)


def _hash(node: exp.FarmFingerprint) -> exp.Expr:
    """HASH: a number of 64 bits with a sign, another one than Snowflake's.

    https://docs.snowflake.com/en/sql-reference/functions/hash
    """
    bits = exp.Anonymous(this="HASH", expressions=node.expressions)
    number = exp.Cast(this=bits, to=_integer(types.MAX_DIGITS))
    return exp.Paren(this=exp.Sub(this=number, expression=exp.Literal.number(2**63)))


def _to_integer(value: exp.Expr, precision: int, safe: bool) -> exp.Expr:
    """By way of DECIMAL, which counts digits and rounds half away from zero; a DOUBLE would be rounded half to even."""
    kind = exp.TryCast if safe else exp.Cast
    return exp.Cast(this=kind(this=value, to=exp.DataType.build(f"DECIMAL({precision}, 0)")), to=_integer(precision))


def _no_longer(text: exp.Expr, length: int, safe: bool) -> exp.Expr:
    message = exp.DPipe(this=exp.Literal.string(TOO_LONG), expression=text.copy())
    otherwise = exp.Null() if safe else exp.Anonymous(this="ERROR", expressions=[message])
    too_long = exp.Anonymous(this="LENGTH", expressions=[text.copy()]) > length
    return exp.Case(ifs=[exp.If(this=too_long, true=otherwise)], default=text)


def _type(node: exp.DataType) -> exp.DataType:
    """Snowflake's integers are NUMBER(38, 0). Times keep microseconds, and DuckDB's VARCHAR takes no length."""
    number = types.digits(node)
    if number:
        precision, scale = number
        return _integer(precision) if scale == 0 else exp.DataType.build(f"DECIMAL({precision}, {scale})")
    known = _DUCKDB_TYPES.get(node.this)
    return exp.DataType.build(known, dialect="duckdb") if known else node


def _integer(precision: int) -> exp.DataType:
    return exp.DataType.build("INT128" if precision > 18 else "BIGINT")
