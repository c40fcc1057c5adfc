"""Few values of each type, each in several spellings, and what no value of the type may look like."""

from collections.abc import Sequence

from tests.dimension.definition import Type

Spellings = Sequence[Sequence[str]]
"""For each value, the texts that mean it."""

TYPES = (
    "integer",
    "number(5,0)",
    "number(12,2)",
    "number(38,10)",
    "text(1)",
    "text(20)",
    "uuid",
    "boolean",
    "date",
    "timestamp",
    "variant",
)
KEY_TYPES = ("integer", "integer", "number(12,2)", "text(1)", "text(20)", "uuid", "date", "timestamp")
STAND_INS = {
    "integer": "-1",
    "number": "-1",
    "text": "*",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "date": "1900-01-01",
    "timestamp": "1900-01-01",
}
FORMATS = ("iso", "epoch_s", "epoch_ms", "epoch_us")

_UUIDS = ("7c9e6679-7425-40de-944b-e07fc1f90ae7", "00000000-0000-4000-8000-00000000000a")
_VALUES: dict[str, Spellings] = {
    "integer": [["7", "007", "+7", "7.", "7.00"], ["0", "-0", "00"], ["-12"], ["9" * 38], ["9007199254740993"]],
    "uuid": [[uuid, uuid.upper()] for uuid in _UUIDS],
    "boolean": [["true", "TRUE", "True", "t", "1", "yes", "Y", "on"], ["false", "False", "f", "0", "NO", "n", "off"]],
    "date": [["2026-02-01"], ["2024-02-29"], ["0001-01-01"], ["9999-12-31"]],
    "timestamp": [
        ["2026-02-01 08:00:00", "2026-02-01T10:00:00+02:00", "2026-02-01T08:00Z", "2026-02-01 08:00:00.000000000"],
        ["2026-02-01 00:00:00", "2026-02-01", "2026-01-31 19:00:00.0 -0500", "2026-02-01 00:00 UTC"],
        ["2026-02-01 08:00:00.000001"],
        ["9999-12-31 00:00:00"],
    ],
    "variant": [
        ['{"a": 1, "b": [true, null]}', '{"b":[true,null],"a":1}', '{ "a" : 1.0 , "b" : [true, null] }'],
        ['{"a": "1"}'],
        ["[]", " [ ] "],
        ["1.5", "1.50"],
        ['"x"'],
    ],
}
# What collides when values are glued together, trimmed, unquoted, or compared by a locale.
_LONG_TEXTS = (
    "a",
    "A",
    " a",
    "a ",
    "NULL",
    "\\N",
    "null",
    'a"b',
    "a,b",
    "l\nb",
    "é",
    "e\u0301",
    "東😀",
    "0",
    "-",
    "x" * 20,
)
_MISFITS: dict[str, Sequence[str]] = {
    "integer": ["7.5", "7e3", " 7", "1,000", "x", "0x1", "1_0", "٣", ".", "+", "1" + "0" * 38, "0" * 39],
    "uuid": [_UUIDS[0][:-1], _UUIDS[0].replace("-", ""), "{" + _UUIDS[0] + "}", "x"],
    "boolean": ["maybe", "2", " true", "ja"],
    "date": ["2026-02-30", "2026-2-1", "20260201", "01.02.2026", "2026-02-01 00:00:00", "0000-01-01", "x"],
    "timestamp": ["2026-02-30 00:00:00", "2026-02-01 25:00", "2026-02-01 08:00:00.0000001", "1769932800", "soon"],
    "variant": ["{", " ", "{'a': 1}", "a", "NaN", '{"a": 1, "a": 2}', '{"a": 1} x'],
}


def spellings(of: Type) -> Spellings:
    """Values that fit."""
    match of.base, of.size:
        case "number", (precision, scale):
            most = "9" * (precision - scale) + ("." + "9" * scale if scale else "")
            least = "-0." + "0" * (scale - 1) + "1" if scale else "-1"
            return [
                ["7", "7.00", "+7.0", "007."],
                ["0", "-0", "-0.0", *([".0"] if scale else [])],
                [most, f"{most}0" if scale else most],
                [least],
            ]
        case "text", (1,):
            return [["a"], ["A"], ["é"], ["😀"], [" "]]
        case "text", _:
            return [[text] for text in _LONG_TEXTS]
    return _VALUES[of.base]


def misfits(of: Type) -> Sequence[str]:
    """Texts that do not fit."""
    match of.base, of.size:
        case "number", (precision, scale):
            finer, greater = "7." + "0" * scale + "1", "1" + "0" * (precision - scale)
            return [finer, greater, "7e3", " 7", "x", "1,5", "0" * 39]
        case "text", (length,):
            return ["x" * (length + 1), "😀" * (length + 1), "\ufffd"]
    return _MISFITS[of.base]


def times(notation: str) -> Spellings:
    """Six instants, ten minutes apart."""
    if notation == "iso":
        return [
            [
                f"2026-01-01 00:{minute}0:00",
                f"2026-01-01T00:{minute}0:00.0000009Z",
                f"2025-12-31 19:{minute}0:00.000 -05:00",
                f"2026-01-01 02:{minute}0 +02",
            ]
            for minute in range(6)
        ]
    more = {"epoch_s": "", "epoch_ms": "000", "epoch_us": "000000"}[notation]
    return [[f"{1767225600 + minute * 600}{more}"] for minute in range(6)]


def no_times(notation: str) -> Sequence[str]:
    """Texts that are no time."""
    if notation == "iso":
        return ["soon", "2026-02-30 00:00:00", "1767225600", "2026-01-01 00:00:00.0000000001", "0000-01-01"]
    return ["soon", "2026-01-01", "1.5", "9" * 30]


def too_late(notation: str) -> str:
    """A time in the future of anything that lands."""
    if notation == "iso":
        return "2100-01-01"
    return "4102444800" + {"epoch_s": "", "epoch_ms": "000", "epoch_us": "000000"}[notation]
