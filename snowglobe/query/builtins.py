"""Snowflake's functions that mean the same on DuckDB. Any other is an error, also where sqlglot or DuckDB know it."""

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.helper import seq_get
from sqlglot.parsers.snowflake import SnowflakeParser

from snowglobe.query import paths

_NAMES = """
GET_PATH IS_NULL_VALUE TYPEOF
COALESCE DECODE EQUAL_NULL GREATEST IFF IFNULL LEAST NULLIF NULLIFZERO NVL NVL2 ZEROIFNULL
ABS CEIL DIV0 EXP FLOOR LN LOG MOD ROUND SIGN SQRT TRUNC TRUNCATE
ASCII CHAR CHARINDEX CHR CONCAT CONCAT_WS CONTAINS ENDSWITH HASH HEX_ENCODE INITCAP LEFT LEN LENGTH LOWER LPAD LTRIM MD5
MD5_BINARY MD5_HEX MD5_NUMBER_LOWER64 MD5_NUMBER_UPPER64 POSITION REGEXP_COUNT REGEXP_INSTR REGEXP_LIKE REGEXP_REPLACE
REGEXP_SUBSTR REPEAT REPLACE REVERSE RIGHT RLIKE RPAD RTRIM SHA1 SHA2 SPLIT_PART STARTSWITH SUBSTR SUBSTRING TRANSLATE
TRIM UPPER
ADD_MONTHS CONVERT_TIMEZONE CURRENT_DATE CURRENT_TIMESTAMP DATE DATE_FROM_PARTS DATE_PART DATE_TRUNC DATEADD
DATEDIFF DAY DAYNAME DAYOFWEEK DAYOFYEAR EXTRACT GETDATE HOUR LAST_DAY LOCALTIMESTAMP MINUTE MONTH MONTHNAME QUARTER
SECOND SYSDATE SYSTIMESTAMP TIMESTAMPADD TIMESTAMPDIFF YEAR
CAST TO_BOOLEAN TO_CHAR TO_DATE TO_DECIMAL TO_DOUBLE TO_NUMBER TO_TIMESTAMP TO_TIMESTAMP_NTZ TO_VARCHAR TRY_CAST
TRY_TO_BOOLEAN TRY_TO_DATE TRY_TO_DOUBLE TRY_TO_NUMBER TRY_TO_TIMESTAMP TRY_TO_TIMESTAMP_NTZ
ANY_VALUE AVG BOOLAND_AGG BOOLOR_AGG COUNT COUNT_IF LISTAGG MAX MAX_BY MEDIAN MIN MIN_BY STDDEV STDDEV_POP SUM
VARIANCE
STRIP_NULL_VALUE TO_JSON TRY_PARSE_JSON
CUME_DIST DENSE_RANK FIRST_VALUE LAG LAST_VALUE LEAD NTH_VALUE NTILE PERCENT_RANK RANK ROW_NUMBER
"""
NAMES = frozenset(_NAMES.split())
# What sqlglot makes of these names, and of operators.
NODES: frozenset[type[exp.Expr]] = frozenset(
    {
        *(exp.IsNullValue, exp.JSONExtract, exp.Typeof),
        *(exp.And, exp.Case, exp.Cast, exp.Exists, exp.If, exp.Or, exp.TryCast),
        *(exp.Coalesce, exp.DecodeCase, exp.EqualNull, exp.Greatest, exp.Least, exp.Nullif, exp.Nvl2),
        *(exp.Abs, exp.Ceil, exp.Exp, exp.Floor, exp.Ln, exp.Log, exp.Round, exp.Sign, exp.Sqrt, exp.Trunc),
        # HASH, which sqlglot does not know: a class of the same arguments.
        exp.FarmFingerprint,
        *(exp.Ascii, exp.Chr, exp.Concat, exp.ConcatWs, exp.Contains, exp.EndsWith, exp.Hex, exp.Initcap, exp.Left),
        *(
            exp.Length,
            exp.Lower,
            exp.MD5,
            exp.MD5Digest,
            exp.MD5NumberLower64,
            exp.MD5NumberUpper64,
            exp.Pad,
            exp.RegexpCount,
            exp.RegexpExtract,
            exp.RegexpInstr,
        ),
        *(exp.RegexpLike, exp.RegexpReplace, exp.Repeat, exp.Replace, exp.Reverse, exp.Right, exp.SHA, exp.SHA2),
        *(exp.SplitPart, exp.StartsWith, exp.StrPosition, exp.Substring, exp.Translate, exp.Trim, exp.Upper),
        *(exp.AddMonths, exp.ConvertTimezone, exp.CurrentDate, exp.CurrentTimestamp, exp.DateAdd, exp.DateDiff),
        *(exp.DateFromParts, exp.DateTrunc, exp.Day, exp.Dayname, exp.DayOfWeek, exp.DayOfYear, exp.Extract, exp.Hour),
        *(exp.LastDay, exp.Minute, exp.Month, exp.Monthname, exp.Quarter, exp.Second, exp.TimestampTrunc, exp.Year),
        *(exp.StrToTime, exp.TimeToStr, exp.ToBoolean, exp.ToChar, exp.ToDouble, exp.ToNumber, exp.TsOrDsToDate),
        *(exp.UnixToTime, exp.JSONFormat, exp.ParseJSON, exp.StripNullValue),
        *(exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.Avg, exp.Count, exp.CountIf, exp.GroupConcat, exp.LogicalAnd),
        *(exp.LogicalOr, exp.Max, exp.Median, exp.Min, exp.Stddev, exp.StddevPop, exp.Sum, exp.Variance),
        *(exp.CumeDist, exp.DenseRank, exp.FirstValue, exp.Lag, exp.LastValue, exp.Lead, exp.NthValue, exp.Ntile),
        *(exp.PercentRank, exp.Rank, exp.RowNumber),
    }
)
# Functions of the embedded warehouse itself (information/functions.py), by their names in lower case.
SYSTEM = frozenset(
    {
        "system$stream_has_data",
        "system$pipe_status",
        "system$get_aws_sns_iam_policy",
        "system$validate_storage_integration",
    }
)
HISTORY = frozenset(f"information_schema.{kind}_history" for kind in ("copy", "query", "task"))
# The table function that is in no schema (information/inferred.py).
INFER_SCHEMA = "infer_schema"
# Views of INFORMATION_SCHEMA.
VIEWS = frozenset({"information_schema.pipes", "information_schema.stages"})
# Items of a SELECT list that have a name, or several, by themselves.
_NAMED = (exp.Alias, exp.Aliases, exp.Column, exp.Star)


class Dialect(Snowflake):
    """Snowflake, with all other functions unknown by name, and with Snowflake's names for unnamed columns."""

    class Parser(SnowflakeParser):
        """The tables by which sqlglot finds what a name stands for."""

        FUNCTIONS: ClassVar[dict[str, Any]] = {
            name: make for name, make in SnowflakeParser.FUNCTIONS.items() if name in (*NAMES, "TABLE")
        } | {
            "HASH": exp.FarmFingerprint.from_arg_list,
            # sqlglot leaves out the second argument.
            "TRY_PARSE_JSON": lambda args: exp.ParseJSON(this=seq_get(args, 0), expression=seq_get(args, 1), safe=True),
        }
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: read for name, read in SnowflakeParser.FUNCTION_PARSERS.items() if name in NAMES
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            "CASE": SnowflakeParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
        }

        def _parse_projections(self) -> tuple[list[exp.Expr], list[exp.Expr] | None]:
            return self._parse_csv(self._named_projection), None

        def _named_projection(self) -> exp.Expr | None:
            """One item of a SELECT list. An expression without an alias gets Snowflake's name for it: its text.

            The text is in upper case, its literals too: the first example of "Single-quoted string constants" in
            https://docs.snowflake.com/en/sql-reference/data-types-text.
            """
            first = self._curr
            item = self._parse_expression()
            if item is None or isinstance(item, _NAMED) or item.alias:
                return item
            name = self._find_sql(first, self._prev).upper()
            return self.expression(exp.Alias(this=item, alias=exp.to_identifier(name, quoted=True)))


def is_plain(node: exp.Func) -> bool:
    """Whether it has none of the forms that one of our functions has and DuckDB would take otherwise."""
    values: dict[str, Any] = node.args
    if isinstance(node, exp.JSONExtract):
        return paths.is_known(node)
    if isinstance(node, (exp.CurrentTimestamp, exp.CurrentDate)):
        # A precision or a time zone.
        return values.get("this") is None
    if isinstance(node, (exp.Cast, exp.TryCast)):
        # Bytes have no length here but in a column.
        has_length = values["to"].this is exp.DType.BINARY and values["to"].expressions
        # DuckDB would read a text, where Snowflake makes a value of it.
        makes_variant = values["to"].this is exp.DType.VARIANT and not isinstance(values["this"], exp.Null)
        return (
            not has_length
            and not makes_variant
            and not any(values.get(part) for part in ("default", "format", "action"))
        )
    if isinstance(node, exp.ParseJSON):
        return values.get("expression") is None
    return True
