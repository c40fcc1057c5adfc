"""What means the same and takes DuckDB less planning. What it is worth: docs/decisions/0045."""

from sqlglot import exp

# From so many on DuckDB makes a table of them, and joins it.
_JOINED = 5
_MOST = 16


def null_if(node: exp.Nullif) -> exp.Expr:
    """NULLIF of a column, which in DuckDB is a macro, as the CASE that it is made into."""
    if not isinstance(node.this, exp.Column):
        return node
    return exp.Case().when(exp.EQ(this=node.this.copy(), expression=node.expression), exp.Null()).else_(node.this)


def in_texts(node: exp.In) -> exp.Expr:
    """A column IN some texts, where it is no condition that a scan or a join could take: compared one by one."""
    texts = node.expressions
    is_column = isinstance(node.this.this if isinstance(node.this, exp.Upper) else node.this, exp.Column)
    if not is_column or not _JOINED <= len(texts) <= _MOST or not all(map(_is_text, texts)) or not _is_selected(node):
        return node
    found = exp.Case().when(exp.Is(this=node.this.copy(), expression=exp.Null()), exp.Null())
    for text in texts:
        found = found.when(exp.EQ(this=node.this.copy(), expression=text), exp.true())
    return found.else_(exp.false())


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _is_selected(node: exp.Expr) -> bool:
    """Whether it stands among what a query selects."""
    while node.parent is not None and not isinstance(node.parent, exp.Select):
        node = node.parent
    return node.arg_key == "expressions"
