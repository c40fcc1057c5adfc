"""`customertrack query`: Snowflake SQL on the local warehouse."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial

from customertrack.cli.context import Context
from customertrack.cli.show.table import write
from customertrack.errors import UsageError, UserError
from customertrack.local.pipeline import Pipeline
from customertrack.local.reader import is_lost, is_of_memory, memory_told, only_reads
from customertrack.reads import results
from customertrack.reads.results import Parts
from customertrack.sqltext import statements
from customertrack.sqltext.statements import Statement
from customertrack.warehouse import Connection, WarehouseError, sentence_of


def run(args: Namespace, context: Context) -> int:
    """Run the statements in order and write the result of the last one."""
    found = statements.split(_stdin() if args.sql == "-" else _argument(args.sql), "SQL")
    if not found:
        example = context.command("query 'SELECT * FROM customer LIMIT 5'")
        raise UsageError(f"There is no statement to run; try: {example}")
    if all(only_reads(statement.text) for statement in found):
        with context.reading() as reader:
            write(reader.ask_in_parts(partial(_run, found)), args.format, context.out)
            context.out.flush()
        return 0
    with context.open_existing() as pipeline, memory_told(pipeline):
        write(_run(found, pipeline), args.format, context.out)
        context.out.flush()
    return 0


def _stdin() -> str:
    return _decoded(sys.stdin.buffer.read(), "The SQL on stdin")


def _argument(sql: str) -> str:
    # Bytes that the locale's encoding does not know, Python hands on as halves of characters.
    return _decoded(sql.encode(errors="surrogateescape"), "The SQL")


def _decoded(content: bytes, what: str) -> str:
    """Windows editors put a mark before a text, which in SQL has no meaning and cannot be seen."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{what} is not UTF-8 at byte {error.start + 1}; save it as UTF-8, or pass it through iconv."
        ) from error


def _run(statements: Sequence[Statement], pipeline: Pipeline) -> Parts:
    """The result of the last one; those before it are read to their ends."""
    *earlier, last = enumerate(statements, start=1)
    for number, statement in earlier:
        for _ in _one(pipeline.connection, statement, number, len(statements)).parts:
            pass
    return _one(pipeline.connection, last[1], last[0], len(statements))


def _one(connection: Connection, statement: Statement, number: int, total: int) -> Parts:
    try:
        return results.read(connection, statement.text)
    except Exception as error:
        if not isinstance(error, WarehouseError) or is_lost(error) or is_of_memory(error):
            raise
        where = f"Statement {number} of {total} failed, and those after it did not run: " if total > 1 else ""
        raise UserError(f"{where}{sentence_of(error)}") from error
