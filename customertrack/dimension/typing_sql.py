"""Text into values, as expressions of SQL: NULL where the text is no value of the type, never rounded, never cut."""

from customertrack.dimension.sql_text import literal, timestamp
from customertrack.dimension.types import BOOLEAN, DATE, INTEGER, TIMESTAMP, UUID, VARIANT, Number, Text, Type

# Of epoch times: digits behind the second, the least and the greatest that is a time of the years 1 to 9999.
UNITS = {
    "epoch_s": {"scale": 0, "least": -62135596800, "greatest": 253402300799},
    "epoch_ms": {"scale": 3, "least": -62135596800000, "greatest": 253402300799999},
    "epoch_us": {"scale": 6, "least": -62135596800000000, "greatest": 253402300799999999},
}
_TRUE = "'true', 't', 'yes', 'y', 'on', '1'"
_FALSE = "'false', 'f', 'no', 'n', 'off', '0'"
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# As many as a number of Snowflake has, on either side of the point.
_DIGITS = "[+-]?[0-9]{0,38}([.][0-9]{0,38})?"
_WHOLE = "[+-]?[0-9]{1,38}([.]0*)?"
# What may stand in JSON wherever a 0 may. And then what may not, though Snowflake's parser takes it: other words, and
# nothing where a value belongs.
_JSON_VALUES = r'"([^"\\\\]|\\\\.)*"|true|false|null|[0-9][eE]'
_NO_JSON = r"[A-Za-z]|[,][ \t\r\n]*[],}]|[{:[][ \t\r\n]*[,]|:[ \t\r\n]*[}]"


def typed(kind: Type, text: str, indent: int) -> str:
    """The value of a column named `text`. `indent`: of the line that it begins on."""
    inner, outer = " " * (indent + 4), " " * indent
    match kind:
        case Text():
            return f"IFF(LENGTH({text}) <= {kind.length} AND NOT CONTAINS({text}, CHR(65533)), {text}, NULL)"
        case _ if kind == INTEGER:
            # A fraction would be rounded by the cast, and two values would become one.
            check = f"REGEXP_LIKE({text}, '{_WHOLE}')"
            return f"IFF(\n{inner}{check}, TRY_TO_NUMBER(SPLIT_PART({text}, '.', 1), 38, 0), NULL\n{outer})"
        case Number():
            check = f"REGEXP_LIKE({text}, '{_shape(kind)}')\n{inner}AND REGEXP_LIKE({text}, '{_DIGITS}')"
            return f"IFF(\n{inner}{check},\n{inner}TRY_TO_NUMBER({text}, {kind.digits}, {kind.scale}), NULL\n{outer})"
        case _ if kind == BOOLEAN:
            return (
                f"CASE\n{inner}WHEN LOWER({text}) IN ({_TRUE}) THEN TRUE\n"
                f"{inner}WHEN LOWER({text}) IN ({_FALSE}) THEN FALSE\n{outer}END"
            )
        case _ if kind == DATE:
            # There is no year 0.
            check = f"REGEXP_LIKE({text}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') AND NOT STARTSWITH({text}, '0000')"
            return f"IFF(\n{inner}{check}, TRY_TO_DATE({text}, 'YYYY-MM-DD'), NULL\n{outer})"
        case _ if kind == UUID:
            return f"IFF(REGEXP_LIKE(LOWER({text}), '{_UUID}'), LOWER({text}), NULL)"
        case _ if kind == VARIANT:
            # The parser would take more than JSON, and what of it is undefined is written as the session says.
            plain = f"{inner}    REGEXP_REPLACE({text}, '{_JSON_VALUES}', '0'),\n{inner}    '{_NO_JSON}'\n{inner}"
            check = f"NOT CONTAINS({text}, CHR(65533)) AND REGEXP_INSTR(\n{plain}) = 0"
            return f"IFF(\n{inner}{check},\n{inner}TRY_PARSE_JSON({text}), NULL\n{outer})"
    raise ValueError(kind.name)


def kept(kind: Type, name: str) -> str:
    """A value as an event has it: the null of JSON is a value of a VARIANT's, and NULL here."""
    return f"STRIP_NULL_VALUE({name})" if kind == VARIANT else name


def compared(kind: Type, name: str) -> str:
    """What two values are compared by."""
    return f"TO_JSON({name})" if kind == VARIANT else name


def misfit(kind: Type, name: str, text: str) -> str:
    """Whether a text that is there is no value."""
    if isinstance(kind, Text):
        return f"LENGTH({name}) > {kind.length} OR CONTAINS({name}, CHR(65533))"
    return f"{name} IS NULL AND {text} IS NOT NULL"


def signed(kind: Type, name: str) -> str:
    """An attribute's part of the signature: name and value, '' if it is NULL; a text's length says where it ends."""
    match kind:
        case Text():
            return f"COALESCE('{name}:' || LENGTH({name}) || ':' || {name}, '')"
        case _ if kind == DATE:
            return f"COALESCE('{name}:' || TO_VARCHAR({name}::DATE, 'YYYY-MM-DD'), '')"
        case _ if kind == TIMESTAMP:
            return f"COALESCE('{name}:' || TO_VARCHAR({name}::TIMESTAMP_NTZ(6), 'YYYY-MM-DD HH24:MI:SS.FF6'), '')"
        case _ if kind == BOOLEAN:
            # IFF would take NULL for FALSE.
            return f"CASE WHEN {name} THEN '{name}:true' WHEN NOT {name} THEN '{name}:false' ELSE '' END"
        case _ if kind == VARIANT:
            return f"COALESCE('{name}:' || LENGTH(TO_JSON({name})) || ':' || TO_JSON({name}), '')"
    return f"COALESCE('{name}:' || {name}, '')"


def identified(kind: Type, name: str) -> str:
    """A part of the key as text of which the next reader knows where it ends: one text for each value."""
    match kind:
        case Text():
            return f"LENGTH({name})::VARCHAR || ':' || {name}"
        case _ if kind == DATE:
            return f"TO_VARCHAR({name}, 'YYYY-MM-DD')"
        case _ if kind == TIMESTAMP:
            return f"TO_VARCHAR({name}, 'YYYY-MM-DD HH24:MI:SS.FF6')"
        case _ if kind == BOOLEAN:
            return f"IFF({name}, 'true', 'false')"
    return f"{name}::VARCHAR"


def argument(kind: Type) -> str:
    """The type of a function's argument: without the length of a text, which Snowflake would not look at."""
    return "VARCHAR" if kind.column.startswith("VARCHAR") else kind.column


def constant(kind: Type, text: str) -> str:
    """A value that a definition writes, as a constant."""
    match kind:
        case Number():
            return text.lstrip("+") or "0"
        case _ if kind == BOOLEAN:
            return text.upper()
        case _ if kind == DATE:
            return f"TO_DATE({literal(text)}, 'YYYY-MM-DD')"
        case _ if kind == TIMESTAMP:
            return timestamp(text)
        case _ if kind == UUID:
            return literal(text.lower())
    return literal(text)


def _shape(kind: Number) -> str:
    """Digits that the type has room for, and zeros that change nothing."""
    whole, fraction = kind.digits - kind.scale, f"([.][0-9]{{0,{kind.scale}}}0*)?"
    if whole == 0:
        return f"[+-]?(0+{fraction}|0*[.][0-9]{{1,{kind.scale}}}0*)"
    alone = f"|0*[.][0-9]{{1,{kind.scale}}}0*" if kind.scale else ""
    return f"[+-]?(0*[0-9]{{1,{whole}}}{fraction}{alone})"
