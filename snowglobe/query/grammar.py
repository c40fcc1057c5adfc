"""The part of Snowflake's SQL that the embedded warehouse executes, node by node of sqlglot's tree.

sqlglot reads more than Snowflake does, and DuckDB executes more than that. Only what stands here, or is a function of
builtins.py, gets through; so a statement can neither reach what DuckDB alone has, nor mean something else than on
Snowflake.
"""

from collections.abc import Iterator

from sqlglot import exp

from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.query import builtins, types
from snowglobe.tokens import head

_BINARY = "this expression"
# The kinds of node, and which of their parts may be used.
_NODES: dict[type[exp.Expr], frozenset[str]] = {
    node: frozenset(parts.split())
    for node, parts in {
        # Queries.
        exp.Select: "expressions from_ joins where group having qualify order limit offset distinct with_",
        exp.Union: "this expression distinct with_ order limit offset",
        exp.Except: "this expression distinct with_ order limit offset",
        exp.Intersect: "this expression distinct with_ order limit offset",
        exp.With: "expressions",
        exp.CTE: "this alias",
        exp.Subquery: "this alias",
        exp.From: "this",
        exp.Table: "this db catalog alias",
        exp.TableAlias: "this columns",
        exp.TableFromRows: "this alias",
        exp.Values: "expressions alias",
        exp.Join: "this on using side kind method match_condition",
        exp.Where: "this",
        exp.Group: "expressions all",
        exp.Having: "this",
        exp.Qualify: "this",
        exp.Order: "this expressions",
        exp.Ordered: "this desc nulls_first",
        exp.Limit: "expression",
        exp.Offset: "expression",
        exp.Distinct: "expressions",
        exp.Alias: "this alias",
        exp.Star: "except_",
        # Expressions.
        exp.Column: "this table db catalog",
        exp.Identifier: "this quoted",
        exp.Dot: _BINARY,
        exp.Literal: "this is_string",
        exp.RawString: "this",
        exp.HexString: "this is_integer",
        exp.Boolean: "this",
        exp.Null: "",
        exp.Placeholder: "this",
        exp.Paren: "this",
        exp.Tuple: "expressions",
        exp.Var: "this",
        exp.Add: _BINARY,
        exp.Sub: _BINARY,
        exp.Mul: _BINARY,
        exp.Div: "this expression typed safe",
        exp.Mod: _BINARY,
        exp.Neg: "this",
        exp.DPipe: "this expression safe",
        exp.EQ: _BINARY,
        exp.NEQ: _BINARY,
        exp.GT: _BINARY,
        exp.GTE: _BINARY,
        exp.LT: _BINARY,
        exp.LTE: _BINARY,
        exp.NullSafeEQ: _BINARY,
        exp.NullSafeNEQ: _BINARY,
        exp.Not: "this",
        exp.Is: _BINARY,
        exp.In: "this expressions query",
        exp.Between: "this low high",
        exp.Like: _BINARY,
        exp.ILike: _BINARY,
        exp.Escape: _BINARY,
        exp.Any: "this",
        exp.JSONPath: "expressions",
        exp.JSONPathRoot: "",
        exp.JSONPathKey: "this quoted",
        exp.JSONPathSubscript: "this",
        exp.DataType: "this expressions",
        exp.DataTypeParam: "this",
        exp.Window: "this partition_by order spec over",
        exp.WindowSpec: "kind start start_side end end_side",
        exp.IgnoreNulls: "this",
        # DML.
        exp.Insert: "this expression overwrite",
        exp.MultitableInserts: "kind expressions source",
        exp.ConditionalInsert: "this expression else_",
        exp.Schema: "this expressions",
        exp.Update: "this expressions from_ where",
        exp.Delete: "this using where",
        exp.Merge: "this using on whens",
        exp.Whens: "expressions",
        exp.When: "matched source condition then",
        # DDL.
        exp.Alter: "this kind actions",
        exp.AlterColumn: "this dtype",
        exp.Create: "this kind expression exists replace properties",
        exp.ColumnDef: "this kind constraints exists",
        exp.ColumnConstraint: "kind",
        exp.NotNullColumnConstraint: "",
        exp.CommentColumnConstraint: "this",
        exp.Properties: "expressions",
        exp.CopyGrantsProperty: "",
        exp.Property: "this value",
        exp.SchemaCommentProperty: "this",
        exp.TransientProperty: "",
    }.items()
}
_TYPES = frozenset(
    {
        exp.DType.BIGINT,
        exp.DType.BINARY,
        exp.DType.BOOLEAN,
        exp.DType.DATE,
        exp.DType.DECIMAL,
        exp.DType.DOUBLE,
        exp.DType.FLOAT,
        exp.DType.INT,
        exp.DType.SMALLINT,
        exp.DType.TEXT,
        exp.DType.TIMESTAMP,
        exp.DType.TIMESTAMPLTZ,
        exp.DType.TIMESTAMPNTZ,
        exp.DType.TINYINT,
        exp.DType.VARCHAR,
        exp.DType.VARIANT,
    }
)
_JOINS = {"", "INNER", "CROSS", "OUTER"}
# What DuckDB answers without a table, or in any table, if there is no column of the name.
_PSEUDO_COLUMNS = {
    "current_catalog",
    "current_role",
    "current_schema",
    "current_time",
    "current_user",
    "localtime",
    "rowid",
    "session_user",
    "user",
}


def check(tree: exp.Expr, sql: str, own_functions: frozenset[str]) -> None:
    """Raise NotSupportedError, or ProgrammingError for an unknown function, if the tree holds anything else.

    `own_functions`: the names, in lower case and with or without their schema, of the catalog's functions.
    """
    named = {id(node) for call in _calls_with_names(tree) for node in call.walk()}
    for node in tree.walk():
        if isinstance(node, exp.Kwarg) and id(node) in named:
            continue
        if isinstance(node, exp.Anonymous):
            _check_call(node, sql, own_functions)
        elif isinstance(node, exp.Func):
            if type(node) not in builtins.NODES:
                raise _unknown(node, sql)
            if not builtins.is_plain(node):
                raise _unknown(node, sql)
        else:
            _check_node(node, sql)


def is_history_call(node: exp.Expr) -> bool:
    """Whether it is TABLE(INFORMATION_SCHEMA.f(...))."""
    call = node.this if isinstance(node, exp.TableFromRows) else None
    return isinstance(call, exp.Dot) and call.this.name.upper() == "INFORMATION_SCHEMA"


def call_name(call: exp.Anonymous) -> str:
    """The dotted name of a called function, in lower case."""
    parent = call.parent
    before = f"{parent.this.sql(dialect='snowflake')}." if isinstance(parent, exp.Dot) else ""
    return (before + call.name).replace('"', "").lower()


def _calls_with_names(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The calls whose arguments have names: of INFORMATION_SCHEMA, and TABLE(INFER_SCHEMA(...))."""
    for node in tree.find_all(exp.TableFromRows):
        if is_history_call(node) or (isinstance(node.this, exp.Anonymous) and _is_infer_schema(node.this)):
            yield node.this


def _is_infer_schema(call: exp.Anonymous) -> bool:
    return call_name(call) == builtins.INFER_SCHEMA and isinstance(call.parent, exp.TableFromRows)


def _check_call(node: exp.Anonymous, sql: str, own_functions: frozenset[str]) -> None:
    name = call_name(node)
    database_left_out = name.split(".", 1)[1] if name.count(".") == 2 else name
    if database_left_out in own_functions or name in builtins.SYSTEM or name in builtins.HISTORY:
        return
    if _is_infer_schema(node):
        return
    raise ProgrammingError(f"Unknown function {name.upper()} in: {head(sql)}", 2140, "42601")


def _check_node(node: exp.Expr, sql: str) -> None:
    allowed = _NODES.get(type(node))
    if allowed is None:
        raise _unknown(node, sql)
    for part, value in node.args.items():
        if part not in allowed and value not in (None, False, []):
            raise _unknown(node, sql)
    if isinstance(node, exp.Table) and not all(isinstance(part, exp.Identifier) for part in node.parts):
        raise _unknown(node, sql)
    if isinstance(node, exp.Join) and not _is_known_join(node):
        raise _unknown(node, sql)
    if isinstance(node, exp.DataType):
        _check_type(node, sql)
    if isinstance(node, exp.Column) and _is_pseudo(node):
        raise _unknown(node, sql)


def _is_pseudo(column: exp.Column) -> bool:
    """In quotes it is a column of the name, but for what DuckDB calls its rows."""
    name = column.name.lower()
    return name in _PSEUDO_COLUMNS and (name == "rowid" or not column.this.args.get("quoted"))


def _is_known_join(node: exp.Join) -> bool:
    """Whether it is a join of ours. Of ASOF: times compared, the left table's first, and other columns as equal."""
    match = node.args.get("match_condition")
    if node.method != "ASOF":
        return node.kind in _JOINS and node.method in ("", "NATURAL") and match is None
    equal = node.args["on"].flatten() if isinstance(node.args.get("on"), exp.And) else [node.args.get("on")]
    return (
        isinstance(match, (exp.GT, exp.GTE, exp.LT, exp.LTE))
        and all(each is None or isinstance(each, exp.EQ) for each in equal)
        and not (node.side or node.kind or node.args.get("using"))
    )


def _check_type(node: exp.DataType, sql: str) -> None:
    if node.this not in _TYPES or node.args.get("nested") or not types.is_known(node):
        raise _unknown(node, sql)


def _unknown(node: exp.Expr, sql: str) -> NotSupportedError:
    part = head(node.sql(dialect="snowflake", comments=False)) or type(node).__name__
    return NotSupportedError(f"The embedded warehouse does not know '{part}' in: {head(sql)}", 2, "0A000")
