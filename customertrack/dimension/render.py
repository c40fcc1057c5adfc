"""A definition rendered to plain SQL: for each template a file, by name."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jinja2

from customertrack.dimension import typing_sql
from customertrack.dimension.column import Column
from customertrack.dimension.definition import Definition
from customertrack.dimension.shape import shape
from customertrack.dimension.sql_text import literal
from customertrack.dimension.types import VARIANT

# As long as a line of sql/ may be.
_WIDTH = 150
# What is included by others.
_PART = "_"


def render(definition: Definition) -> Mapping[str, str]:
    """The text of each file of a dimension, by its path below `sql/<name>/`. The definition is one without faults."""
    made = shape(definition)
    given = {**made, **_functions(made)}
    names = [name for name in _templates().list_templates() if not name.rpartition("/")[2].startswith(_PART)]
    rendered = {name: _templates().get_template(name).render(given) for name in names}
    return {name: text for name, text in rendered.items() if text.strip()}


@cache
def _templates() -> jinja2.Environment:
    """Brackets instead of braces: those are the deploy's variables, and stay."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("customertrack.dimension", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        columns=_columns,
        as_landed=_as_landed,
        comparable=_comparable,
        fit=_fit,
        fit_comment=_fit_comment,
        tuple=_tuple,
        arguments=lambda columns: [f"{one.name} {typing_sql.argument(one.kind)}" for one in columns],
        kinds=lambda columns: [typing_sql.argument(one.kind).partition("(")[0] for one in columns],
        signed=lambda one: typing_sql.signed(one.kind, one.name),
        identified=lambda one: typing_sql.identified(one.kind, one.name),
        typed=lambda one, indent: typing_sql.typed(one.kind, one.text, indent),
        kept=lambda one: typing_sql.kept(one.kind, one.name),
        compared=_compared,
        misfit=lambda one: typing_sql.misfit(one.kind, one.name, one.text),
        own_or=_own_or,
        lasting_or=_lasting_or,
        as_shown=_as_shown,
        unsaid=_unsaid,
        places=lambda columns: [f"${place}" for place, _ in enumerate(columns, 1)],
        filled=lambda columns: [one for one in columns if one.is_filled],
        sayings=_sayings,
        said=lambda columns: [f"_said_{one.saying}" for one in _sayings(columns)],
        not_null=_not_null,
        is_null=lambda name: f"s.{name} IS NULL",
        known_before=_known_before,
        of_barrier=_of_barrier,
        quoted=lambda texts: [literal(text) for text in texts],
        within=lambda text: literal(text)[1:-1],
        in_brackets=lambda text, needed: f"({text})" if needed else text,
    )
    made.globals.update(comma=lambda loop, more=(): "" if loop.last and not more else ",")
    return made


def _functions(made: Mapping[str, Any]) -> dict[str, Any]:
    key: Sequence[Column] = made["key"]
    sequence: Sequence[Column] = made["sequence"]

    def same(left: str, right: str) -> str:
        return " AND ".join(f"{left}.{part.name} = {right}.{part.name}" for part in key)

    def order(table: str = "") -> list[str]:
        of = f"{table}." if table else ""
        first = [f"{of}updated_at", *(f"{of}{one.name} NULLS FIRST" for one in sequence)]
        return [*first, *(f"{of}{name}" for name in ("source_file", "source_row", "loaded_at"))]

    def signed(table: str, indent: int) -> str:
        """The signature of an event: NULL if it is a delete."""
        call = f"{made['name']}_signature({_fit(_columns(made['versioned'], table), indent + 4, 50)})"
        return f"IFF({table}.is_delete, NULL, {call})" if table else f"IFF(is_delete, NULL, {call})"

    def content(table: str, indent: int) -> str:
        """What snapshots are compared by, of an upsert."""
        if made["content_is_signature"]:
            return f"{made['name']}_signature({_fit(_columns(made['versioned'], table), indent + 4, 50)})"
        columns = [*(["definition"] if made["told_by"] else []), *made["attributes"]]
        return f"{made['name']}_content({_fit(_columns(columns, table), indent + 4, 50)})"

    def hash_of_key(table: str = "") -> str:
        text = " || '|' || ".join(f"{table and f'{table}.'}{part.name}::VARCHAR" for part in key)
        return f"MD5_NUMBER_LOWER64({text})"

    of_one_time = [*(f"{one.name} DESC NULLS LAST" for one in sequence), "source_file DESC", "source_row DESC"]
    return {
        "same": same,
        "order": order,
        "hash": hash_of_key,
        "backwards": ["updated_at DESC", *of_one_time],
        "last_first": ["updated_at", *of_one_time, "loaded_at DESC"],
        "signed": signed,
        "content": content,
    }


def _name(column: Column | str) -> str:
    return column if isinstance(column, str) else column.name


def _columns(columns: Sequence[Column | str], table: str = "") -> list[str]:
    return [f"{table}.{_name(one)}" if table else _name(one) for one in columns]


def _as_landed(texts: Sequence[str], attributes: Sequence[Column]) -> list[str]:
    """The texts of a row by the names that the view gives them."""
    values = {one.landed_text: one.name for one in attributes if one.landed_text != one.text}
    return [f"{values[text]} AS {text}" if text in values else text for text in texts]


def _compared(column: Column, table: str = "") -> str:
    return typing_sql.compared(column.kind, f"{table}.{column.name}" if table else column.name)


def _comparable(columns: Sequence[Column], table: str = "") -> list[str]:
    """Columns of a list in which rows are compared; each has its name."""
    names = zip(columns, _columns(columns, table), strict=True)
    return [
        f"{typing_sql.compared(one.kind, name)} AS {one.name}" if one.kind == VARIANT else name for one, name in names
    ]


_OF_BARRIER = ("updated_at", "source_file", "source_row", "file_modified_at", "loaded_at", "batch_id")


def _of_barrier(
    event: Sequence[str], barrier: str, key: Sequence[Column], keys: str, sequence: Sequence[Column]
) -> list[str]:
    """The columns of the log of a truncate, as the delete of a key. `barrier`, `keys`: the tables of both."""
    given = dict.fromkeys([*_OF_BARRIER, *(one.name for one in sequence)], barrier) | {one.name: keys for one in key}
    return ["TRUE" if name == "is_delete" else f"{given[name]}.{name}" if name in given else "NULL" for name in event]


def _tuple(columns: Sequence[Column], table: str = "") -> str:
    names = ", ".join(_columns(columns, table))
    return names if len(columns) == 1 else f"({names})"


def _as_shown(columns: Sequence[Column], table: str = "") -> list[str]:
    """Columns of the tables by the names that who reads them knows."""
    of = f"{table}." if table else ""
    return [f"{of}{one.name}" + ("" if one == one.shown else f" AS {one.shown.name}") for one in columns]


def _own_or(columns: Sequence[Column], own: str, other: str, shown: bool = False) -> list[str]:
    """Columns of a version from one table, those that hold in all versions from another."""
    pick = _as_shown if shown else _columns
    return [pick([one], other if one.change in ("correct", "keep") else own)[0] for one in columns]


def _sayings(columns: Sequence[Column]) -> list[Column]:
    """One column of each that may be said while others are not."""
    return list({one.saying: one for one in columns if one.is_filled}.values())


def _unsaid(columns: Sequence[Column], indent: int) -> str:
    """A character for each attribute, 1 if no path says it. One that is retired is asked of no row."""
    absent = [" AND ".join(one.absent) for one in columns]
    texts = ["'0'" if one.is_retired else f"IFF({none}, '1', '0')" for one, none in zip(columns, absent, strict=True)]
    return f"\n{' ' * indent}|| ".join(texts)


def _not_null(columns: Sequence[Column]) -> str:
    """Whether anything has landed in one of the columns."""
    texts = [one.text for one in columns]
    return f"{texts[0]} IS NOT NULL" if len(texts) == 1 else f"COALESCE({', '.join(texts)}) IS NOT NULL"


def _known_before(columns: Sequence[Column], closed: str) -> list[str]:
    """Of a late key: what was said before the version at the horizon; of the others it makes no difference."""
    in_another = [f"{closed}.{one.name}" if closed else "NULL" for one in columns]
    return [
        f"IFF(k.signature IS NULL, {other}, k.{one.name})"
        if one.is_filled and one.change == "version"
        else f"k.{one.name}"
        for one, other in zip(columns, in_another, strict=True)
    ]


def _lasting_or(columns: Sequence[Column], own: str) -> list[str]:
    """Columns of a version from a table; of those that hold in all versions what was told last, or first."""
    return [_lasting(one) if one.change in ("correct", "keep") else f"{own}.{one.name}" for one in columns]


def _lasting(column: Column) -> str:
    unknown = f"k.{column.name} IS NULL" if column.place else "NOT COALESCE(k.is_told, FALSE)"
    told = f"k.is_late OR {unknown}" if column.change == "keep" else "k.is_late OR l.is_told"
    return f"IFF({told}, l.{column.name}, k.{column.name})"


def _fit(parts: Sequence[str], indent: int, taken: int = 0) -> str:
    """Parts of a list, in lines that begin `indent` blanks from the left. `taken`: by what stands before the first."""
    lines, line = [], ""
    for number, part in enumerate(parts):
        piece = part if number == len(parts) - 1 else f"{part},"
        if line and indent + (0 if lines else taken) + len(line) + 1 + len(piece) > _WIDTH:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return f"\n{' ' * indent}".join([*lines, line])


def _fit_comment(parts: Sequence[str], indent: int, taken: int) -> str:
    """The same within a comment, whose lines begin with dashes `indent` blanks from the left."""
    lead = " " * indent
    return _fit(parts, indent + len("-- "), taken).replace(f"\n   {lead}", f"\n{lead}-- ")
