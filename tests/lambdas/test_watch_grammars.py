"""Every statement of the watch is Snowflake SQL by two grammars, and documented where one of them lacks it."""

from collections.abc import Callable

import pytest

from customertrack.local.home import sql_folder
from lambdas.describe import describe
from lambdas.watch import invariants, landed, loaded, pipeline
from lambdas.watch.watch import use
from tests.lambdas.watched import Scripted, source
from tests.sql.test_grammars import read_by_sqlfluff, read_by_sqlglot


def sent(call: Callable[[Scripted], object]) -> str:
    connection = Scripted(lambda sql: (["property", "property_value"], []))
    call(connection)
    ((sql, _),) = connection.sent
    return sql


STATEMENTS = {
    "use": sent(lambda connection: use(connection, "customertrack_dev")),
    "describe": sent(lambda connection: describe(connection, "customertrack_dev_storage")),
    "wake": sent(lambda connection: source(connection).wake()),
    **{
        name.lower(): text.format(name="customer", format="csv", file="'a.csv'", folds="TRUE")
        for module in (pipeline, loaded, landed)
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str)
    },
    **invariants.queries(sql_folder(), "customer"),
}


def test_no_statement_is_left_out():
    assert len(STATEMENTS) == 3 + 6 + 6 + 2 + 11


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlfluff_reads_it(name: str):
    # It knows `:name`, not the driver's `?`.
    assert read_by_sqlfluff(STATEMENTS[name].replace("?", ":bound"))


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlglot_reads_it(name: str):
    assert read_by_sqlglot(STATEMENTS[name])


@pytest.mark.parametrize("name", ["counts", "task_failures", "loads", "rejected_whole"])
def test_a_window_is_bound(name: str):
    assert STATEMENTS[name].count("?") == 2
