"""`a || b || c` as one call of DuckDB's CONCAT, which makes no text in between.

CONCAT leaves NULLs out where || gives NULL, so this is done only where no NULL can be, or where it is to be left out.
What it is worth: docs/decisions/0007.
"""

from collections.abc import Iterator

from sqlglot import exp


def in_one_calls(tree: exp.Expr) -> exp.Expr:
    """A copy of the tree with every `||` in it as one call where that is the same."""
    return tree.transform(_changed)


def _changed(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.DPipe():
            new = _in_one_call(node)
        case exp.Coalesce():
            new = _in_one_call_or(node)
        case _:
            return node
    # sqlglot goes into what it was given back as it was, and not into what is new.
    return new if new is node else in_one_calls(new)


def _in_one_call(node: exp.DPipe) -> exp.Expr:
    """The same text by one call if none of the operands can be NULL, else the node as it is."""
    operands = list(_operands(node))
    if not all(_is_never_null(operand) for operand in operands):
        return node
    return _concat([part for operand in operands for part in _parts(operand)])


def _parts(operand: exp.Expr) -> list[exp.Expr]:
    """What CONCAT is to be given for an operand: of COALESCE('x:' || LENGTH(x) || ':' || x, '') the texts 'x:' ||
    LENGTH(x) and ':' || x, which are NULL, and so left out, together. No condition is to be looked at for it."""
    if not isinstance(operand, exp.Coalesce) or operand.expressions != [exp.Literal.string("")]:
        return [operand]
    pieces = list(_operands(operand.this))
    column = next((piece for piece in pieces if isinstance(piece, exp.Column)), None)
    if column is None or not all(isinstance(piece, exp.Literal) or _follows(piece, column) for piece in pieces):
        return [operand]
    parts: list[exp.Expr] = []
    before: exp.Expr | None = None
    for piece in pieces:
        before = piece.copy() if before is None else exp.DPipe(this=before, expression=piece.copy())
        if not isinstance(piece, exp.Literal):
            parts.append(before)
            before = None
    if before is not None:
        parts[-1] = exp.DPipe(this=parts[-1], expression=before)
    return parts


def _follows(piece: exp.Expr, column: exp.Column) -> bool:
    """Whether it is NULL where the column is, and only there."""
    return (piece.this if isinstance(piece, exp.Length) else piece) == column


def _in_one_call_or(node: exp.Coalesce) -> exp.Expr:
    """COALESCE(a || b || ..., 'text') with a condition in place of the NULL; any other COALESCE as it is.

    What may be NULL among the operands must be columns, or lengths of columns that are operands too.
    """
    if not isinstance(node.this, exp.DPipe) or len(node.expressions) != 1 or not _is_never_null(node.expressions[0]):
        return node
    operands = list(_operands(node.this))
    columns = [operand for operand in operands if isinstance(operand, exp.Column)]
    lengths = [operand.this for operand in operands if isinstance(operand, exp.Length)]
    others = [operand for operand in operands if not isinstance(operand, exp.Column | exp.Length)]
    if not columns or any(each not in columns for each in lengths) or not all(map(_is_never_null, others)):
        return node
    is_null = exp.or_(*(exp.Is(this=column.copy(), expression=exp.Null()) for column in columns))
    return exp.Case().when(is_null, node.expressions[0].copy()).else_(_concat(operands))


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.DPipe):
        yield from _operands(node.this)
        yield from _operands(node.expression)
    else:
        yield node


def _is_never_null(node: exp.Expr) -> bool:
    match node:
        case exp.Literal():
            return True
        case exp.Coalesce():
            return any(isinstance(each, exp.Literal) for each in node.expressions)
        case exp.DPipe():
            return all(map(_is_never_null, _operands(node)))
        case exp.If():
            return all(
                result is not None and _is_never_null(result) for result in map(node.args.get, ("true", "false"))
            )
        case exp.Case():
            results = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
            return all(result is not None and _is_never_null(result) for result in results)
    return False


def _concat(operands: list[exp.Expr]) -> exp.Expr:
    return exp.Anonymous(this="CONCAT", expressions=[operand.copy() for operand in operands])
