"""Views: DuckDB's own, with a note of what each reads, so that a read through it is known to reach a stream."""

from functools import partial

from sqlglot import exp

from snowglobe.account.privileges import revoke_all
from snowglobe.catalog import View
from snowglobe.errors import already_exists
from snowglobe.names import quoted_name
from snowglobe.objects.drop import drop_entry
from snowglobe.objects.kind import Clauses, ObjectKind
from snowglobe.objects.table import strip_properties
from snowglobe.query import translate
from snowglobe.query.adapt import adapt
from snowglobe.results import Result, status
from snowglobe.session import Session
from snowglobe.tokens import Tokens, unknown


def create_view(session: Session, tokens: Tokens, clauses: Clauses) -> Result:
    """CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(columns)] [COPY GRANTS] AS query."""
    sql = tokens.sql
    tree = translate.parse(sql, sql, session.catalog.function_names())
    if not isinstance(tree, exp.Create) or not isinstance(tree.expression, (exp.Select, exp.SetOperation)):
        raise unknown(sql)
    keeps_grants = tree.find(exp.CopyGrantsProperty) is not None
    strip_properties(tree, sql)
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    name = session.qualify(translate.table_name(target))
    reads = [session.qualify(read) for read in sorted(translate.names_read(tree, leave_out=[target]))]
    if session.table_columns(name):
        is_view = session.catalog.get(View, name) is not None
        if tree.args.get("exists") and is_view:
            return status(f"{name.upper()} already exists, statement succeeded.")
        if not (tree.args.get("replace") and is_view):
            raise already_exists(name)
    with session.ddl():
        session.run(translate.generate(adapt(tree), sql))
        session.catalog.put(session.duck, View(name, reads))
        if not keeps_grants:
            revoke_all(session, name)
    return status(f"View {name.upper()} successfully created.")


def _drop_view(session: Session, view: View) -> None:
    session.run(f"DROP VIEW {quoted_name(view.name)}")


# No OR ALTER: in Snowflake it does not change the query of a view that exists.
VIEW = ObjectKind(View.words, create_view, drop=partial(drop_entry, kind=View, also=_drop_view), or_replace=True)
