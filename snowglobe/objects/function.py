"""SQL functions: CREATE FUNCTION, as a macro of DuckDB's."""

from collections.abc import Mapping

from sqlglot import exp

from snowglobe.catalog import Function
from snowglobe.errors import already_exists
from snowglobe.names import quoted, quoted_name
from snowglobe.objects import argument_list
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.open_questions import OpenQuestion
from snowglobe.query import translate
from snowglobe.query.adapt import adapt
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, syntax_error


def create_function(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR ALTER | OR REPLACE] FUNCTION name(arguments) [COPY GRANTS] RETURNS type | TABLE (columns) ...

    COPY GRANTS is for OR REPLACE alone, and has no effect, since grants allow nothing here.

    The body is an expression, or the query of a table function.
    """
    name = session.qualify(tokens.name())
    arguments = argument_list.read_arguments(tokens)
    if clauses.or_replace:
        tokens.accept("COPY", "GRANTS")
    tokens.expect("RETURNS")
    columns = argument_list.read_arguments(tokens) if tokens.accept("TABLE") else None
    returns = "" if columns is not None else tokens.type_with_brackets()
    # Of a procedure the word must be written, of a function in SQL its page does not know it.
    if OpenQuestion.FUNCTION_LANGUAGE in session.otherwise and "LANGUAGE" in tokens.words_before("AS"):
        raise syntax_error(tokens.sql, "unexpected 'LANGUAGE': a function in SQL does not say so")
    body = argument_list.read_body(tokens, "sql")
    if session.catalog.get(Function, name) and not clauses.may_exist:
        raise already_exists(name)
    if columns is None:
        body = f"SELECT CAST(({body}) AS {argument_list.column_type(returns, tokens.sql).sql(dialect='snowflake')})"
    tree = translate.parse(body, tokens.sql, session.catalog.function_names())
    reads = sorted(session.qualify(read) for read in translate.names_read(tree))
    adapted = adapt(_cast_arguments(tree, arguments, tokens.sql))
    if columns is None:
        macro = f"({translate.generate(_alone(adapted), tokens.sql)})"
    else:
        names = ", ".join(quoted(column) for column in columns)
        macro = f"TABLE SELECT * FROM ({translate.generate(adapted, tokens.sql)}) AS result({names})"
    with session.ddl():
        names = ", ".join(quoted(argument) for argument in arguments)
        session.run(f"CREATE OR REPLACE MACRO {quoted_name(name)}({names}) AS {macro}")
        session.catalog.put(session.duck, Function(name, reads))
    return status(f"Function {name.upper()} successfully created.")


def _alone(query: exp.Expr) -> exp.Expr:
    """The one expression of `SELECT expression`, without the SELECT: DuckDB joins every subquery with the rows around
    it. An aggregate is of the SELECT's own rows, and stays in it."""
    if not isinstance(query, exp.Select) or query.find(exp.AggFunc, exp.Window):
        return query
    return query.selects[0].unalias()


def _cast_arguments(tree: exp.Expr, arguments: Mapping[str, str], sql: str) -> exp.Expr:
    """Give each argument its declared type, as Snowflake does when it is passed; text is taken to be text already."""
    types = {name: argument_list.column_type(kind, sql) for name, kind in arguments.items()}
    typed = {name: kind for name, kind in types.items() if kind.this is not exp.DType.VARCHAR}

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and not node.table and node.name.lower() in typed:
            return exp.cast(node, typed[node.name.lower()])
        return node

    return tree.transform(change)


FUNCTION = ObjectKind(Function.words, create_function, or_replace=True, or_alter=True, if_not_exists=False)
