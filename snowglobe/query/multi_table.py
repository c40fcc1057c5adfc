"""INSERT ALL and INSERT FIRST in DuckDB's SQL: the query once and an INSERT for each INTO beside it, or one by one.

https://docs.snowflake.com/en/sql-reference/sql/insert-multi-table
"""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp
from sqlglot.tokens import Token

from snowglobe.errors import NotSupportedError
from snowglobe.tokens import head, syntax_error

_SOURCE = "$source"
# INTOs of which all but the first are most often not asked: those of what is accepted, and of what is left.
_MOST_ASKED = 2


def check(tree: exp.MultitableInserts, tokens: list[Token], sql: str) -> None:
    """Raise if the statement has what Snowflake's has not, which sqlglot would read all the same, or OVERWRITE."""
    words = [token.text.upper() for token in tokens]
    if words[1] == "OVERWRITE":
        raise _unknown("OVERWRITE of several tables", sql)
    clauses = tree.expressions
    conditions = [clause for clause in clauses if clause.expression]
    if not conditions and (words[1] == "FIRST" or any(clause.args["else_"] for clause in clauses)):
        raise syntax_error(sql, "expected WHEN")
    if (bool(conditions) and not clauses[0].expression) or any(clause.args["else_"] for clause in clauses[:-1]):
        raise syntax_error(sql, "expected WHEN ... THEN first, and ELSE with one INTO last")
    if sum(pair == ("THEN", "INTO") for pair in pairwise(words)) != len(conditions):
        raise syntax_error(sql, "expected THEN between a condition and its INTO")
    for clause in clauses:
        _check_clause(clause, sql)
    source = tree.args["source"].unnest()
    if not isinstance(source, exp.Query) or tree.args["source"].alias:
        raise syntax_error(sql, "expected a query behind the last INTO")
    names = [name.lower() for name in source.named_selects]
    if len(set(names)) < len(names):
        raise _unknown("two columns of one name in the query", sql)


def written(tree: exp.MultitableInserts) -> list[exp.Expr]:
    """What stands behind each INTO: a table, perhaps with its columns."""
    return [clause.this.this for clause in tree.expressions]


def as_one(tree: exp.MultitableInserts) -> exp.Select:
    """The statement for DuckDB. It gives one row, with the number of rows of each INTO."""
    source = exp.CTE(this=tree.args["source"].unnest(), alias=_alias(_SOURCE), materialized=True)
    inserts = [
        exp.CTE(this=_insert(clause, condition), alias=_alias(f"$into{number}"))
        for number, (clause, condition) in enumerate(zip(tree.expressions, _conditions(tree), strict=True))
    ]
    counts = [exp.select(exp.Count(this=exp.Star())).from_(_table(cte.alias)) for cte in inserts]
    return exp.Select(
        expressions=[exp.Subquery(this=count) for count in counts], with_=exp.With(expressions=[source, *inserts])
    )


def one_by_one(tree: exp.MultitableInserts) -> list[exp.Expr]:
    """How many rows the query gives, and an INSERT for each INTO, which asks it again.

    Of many rows that is cheaper than holding them, if the first INTO takes nearly all, as it does where the other is
    for what is left. Empty where there are more, of which some will be asked; and if a row may go into several tables
    or into none, so that nobody would know when all have gone.
    """
    clauses = tree.expressions
    if len(clauses) > _MOST_ASKED:
        return []
    first = str(tree.args["kind"]).upper() == "FIRST"
    if not first or not clauses[-1].args["else_"] or not all(clause.expression for clause in clauses[:-1]):
        return []
    source = tree.args["source"].unnest()
    count = exp.select(exp.Count(this=exp.Star())).from_(source.subquery(_alias(_SOURCE), copy=True))
    inserts = []
    for clause, condition in zip(clauses, _conditions(tree), strict=True):
        insert = _insert(clause, condition)
        insert.set("returning", None)
        insert.expression.set("from_", exp.From(this=source.subquery(_alias(_SOURCE), copy=True)))
        inserts.append(insert)
    return [count, *inserts]


def _check_clause(clause: exp.ConditionalInsert, sql: str) -> None:
    values = clause.this.expression
    if any(node.find(exp.Query) for node in (clause.expression, values) if node and not isinstance(node, exp.Values)):
        raise _unknown("a query within a condition", sql)
    if any(column.table for node in (clause.expression, values) if node for column in node.find_all(exp.Column)):
        raise _unknown("a column with its table outside the query", sql)
    target = clause.this.this.find(exp.Table)
    if target is None or target.alias or (values and (values.alias or len(values.expressions) != 1)):
        raise syntax_error(sql, "expected INTO table (columns) VALUES (values)")
    for value in values.expressions[0].expressions if values else ():
        if not isinstance(value, exp.Column | exp.Null) and not _is_default(value):
            raise _unknown(f"{value.sql(dialect='snowflake')} in VALUES, where a column's name may stand", sql)


def _is_default(value: exp.Expr) -> bool:
    return isinstance(value, exp.Var) and value.name.upper() == "DEFAULT"


def _conditions(tree: exp.MultitableInserts) -> Iterator[exp.Expr | None]:
    """What a row must fulfil for each INTO; None for every row."""
    # In order, and each asked only if those before it are not true: it may be an error otherwise. Those behind it are
    # not asked at all, which may be dear.
    first = str(tree.args["kind"]).upper() == "FIRST"
    branch, number = exp.Case(), 0
    condition = None
    for clause in tree.expressions:
        own, is_else = clause.expression, clause.args["else_"]
        number += bool(own or is_else)
        if own:
            branch = branch.when(own.copy(), exp.Literal.number(number))
        if number == 0:
            yield None
        elif first or is_else:
            otherwise = exp.Literal.number(number if is_else else 0)
            yield exp.EQ(this=branch.copy().else_(otherwise), expression=exp.Literal.number(number))
        else:
            condition = own or condition
            yield condition


def _insert(clause: exp.ConditionalInsert, condition: exp.Expr | None) -> exp.Insert:
    values = clause.this.expression
    # A column has no default but NULL.
    taken = (
        [exp.Null() if _is_default(value) else value for value in values.expressions[0].expressions] if values else []
    )
    query = exp.select(*(taken or [exp.Star()])).from_(_table(_SOURCE))
    if condition is not None:
        query = query.where(condition)
    one = exp.Returning(expressions=[exp.Literal.number(1)])
    return exp.Insert(this=clause.this.this, expression=query, returning=one)


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))


def _unknown(what: str, sql: str) -> NotSupportedError:
    return NotSupportedError(f"The embedded warehouse does not know {what}: {head(sql)}", 2, "0A000")
