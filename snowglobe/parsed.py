"""DuckDB's SQL, parsed once: a refresh says the same texts again, and reading one is a third to a half of planning it.

DuckDB binds and plans a parsed statement anew each time, so it may outlive whatever it names.
"""

from collections import OrderedDict

import duckdb

# A refresh has some forty texts; what a user asks once is soon let go of.
_MOST = 256


class ParsedStatements:
    """The statements of one connection, of which the last ones are kept."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck
        self._kept: OrderedDict[str, duckdb.Statement] = OrderedDict()

    def of(self, sql: str) -> duckdb.Statement | str:
        """What to execute for a text: the statement; the text itself if it is several. Raises duckdb.Error."""
        if sql in self._kept:
            self._kept.move_to_end(sql)
            return self._kept[sql]
        statements = self._duck.extract_statements(sql)
        if len(statements) != 1:
            return sql
        self._kept[sql] = statements[0]
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return statements[0]
