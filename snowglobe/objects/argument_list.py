"""What CREATE PROCEDURE and CREATE FUNCTION share: arguments with their types, and what stands around the body."""

import re

from sqlglot import exp

from snowglobe.errors import NotSupportedError
from snowglobe.query import translate, types
from snowglobe.scripting.types import VariableType, variable_type
from snowglobe.tokens import Tokens, head

# On one machine there is one user, and every function of sql/ is what it says it is.
_WITHOUT_EFFECT = [("EXECUTE", "AS", "OWNER"), ("EXECUTE", "AS", "CALLER"), ("IMMUTABLE",), ("VOLATILE",)]
_TYPE = re.compile(r"(\w+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?")


def read_arguments(tokens: Tokens) -> dict[str, str]:
    """`(name TYPE, ...)` as names with their types."""
    tokens.expect("(")
    found: dict[str, str] = {}
    while not tokens.accept(")"):
        if found:
            tokens.expect(",")
        name = tokens.name()
        if name in found:
            raise tokens.unexpected(f"the argument {name} is there twice")
        found[name] = tokens.argument_type()
    return found


def read_body(tokens: Tokens, language: str = "") -> str:
    """The text between $$, after the options before AS; only LANGUAGE SQL is known. `language`: if none is written."""
    while not tokens.accept("AS"):
        if tokens.accept("LANGUAGE"):
            language = tokens.name()
        elif tokens.peek() == "COMMENT":
            tokens.options({"COMMENT": ""})
        elif not any(tokens.accept(*words) for words in _WITHOUT_EFFECT):
            raise tokens.unexpected("not an option that the embedded warehouse knows")
    if language != "sql":
        raise NotSupportedError(f"The embedded warehouse knows LANGUAGE SQL alone: {head(tokens.sql)}", 2, "0A000")
    body = tokens.string()
    tokens.end()
    return body


def variable(written: str, sql: str) -> VariableType:
    """The type of a procedure's argument or result."""
    found = _TYPE.fullmatch(written)
    sizes = tuple(int(size) for size in found.groups()[1:] if size) if found else ()
    kind = variable_type(found[1].upper(), sizes) if found else None
    if kind is None:
        raise NotSupportedError(f"The embedded warehouse does not know the type {written} in: {head(sql)}", 2, "0A000")
    return kind


def column_type(written: str, sql: str) -> exp.DataType:
    """The type of a function's argument or result, in Snowflake's dialect, without its length or precision.

    Those are ignored: https://docs.snowflake.com/en/developer-guide/udf/sql/udf-sql-limitations. A scale is kept here.
    """
    found = translate.parse(f"SELECT CAST(NULL AS {written})", sql).find(exp.DataType)
    if found is None:
        raise NotSupportedError(f"The embedded warehouse does not know the type {written} in: {head(sql)}", 2, "0A000")
    return types.unlimited(found)
