"""A guess as the text of a definition, with a comment where it is unsure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from customertrack.dimension.definition import Format
from customertrack.dimension.guess import KeyGuess, OpGuess, TimeGuess, guess_key, guess_op, guess_time
from customertrack.dimension.guess_dms import NO_DMS, DmsGuess, guess_dms
from customertrack.dimension.guess_layout import TIME, LayoutGuess, files_of, is_own, layout_of_columns
from customertrack.dimension.guess_types import Guessed, columns_of, is_time, null_word
from customertrack.dimension.layouts import CDC_TIME
from customertrack.dimension.names import OF_LANDED
from customertrack.dimension.sample import Sample
from customertrack.dimension.section import NOT_IN_SQL
from customertrack.dimension.types import Text
from customertrack.errors import UserError

# What no path into a record has in a name.
_NO_PATH = set('."\\*')
# Comments begin here, unless the line is longer.
_COMMENT_AT = 56


def guessed(
    dimension: str,
    sample: Sample,
    form: Format,
    source: str,
    delimiter: str = ",",
    *,
    layout: LayoutGuess | None = None,
    files: Sequence[str] = (),
) -> str:
    """The text of a definition for files of this format. `source`: what they are called, for its first line.

    `delimiter`: what stands between the fields of CSV. `layout`: that of the files, of which the sample then has the
    rows; `files`: their names. Raises UserError where there is no row, no column that can be the time,
    or a name that is not UTF-8.
    """
    if not sample.rows:
        raise UserError(f"There is no row in {source}; give a file with some.")
    if any("\N{REPLACEMENT CHARACTER}" in name for name in sample.names):
        raise UserError(
            f"The header of {source} is not UTF-8; give a copy that is, as iconv -t utf-8 writes it, and say encoding "
            "in the definition."
        )
    if form == "csv" and (values := [name for name in sample.names if is_time(name)]):
        raise UserError(
            f"The first line of {source} is a row and names no columns: {values[0]} is a time. Put a line with names "
            "before a copy and give that; then write columns = [...] into [feed] of the definition, with those names."
        )
    # Other formats have a NULL of their own.
    null = null_word(sample) if form == "csv" else None
    if null:
        sample = sample.with_null(null)
    layout = layout or (layout_of_columns(sample.names) if form == "parquet" else None)
    columns = [_doubted(column, layout) for column in columns_of(sample, dimension)]
    left_out = {one.feed_name: why for one in columns if (why := _why_not_read(one.feed_name, form))}
    columns = [one for one in columns if one.feed_name not in left_out]
    time = _own_time(columns, layout) or guess_time(columns, sample.rows)
    if time is None:
        raise UserError(_no_time(source, sample.names))
    rest = [column for column in columns if column is not time.column and not (layout and is_own(column.feed_name))]
    op = None if layout else guess_op(rest)
    rest = [column for column in rest if op is None or column is not op.column]
    dms = guess_dms(columns, files) if layout is None else NO_DMS
    rest = [column for column in rest if column not in dms.columns]
    places = [column for column in columns if layout and is_own(column.feed_name)]
    key = guess_key(sample, rest, time, dimension, [*dms.sequence, *places])
    attributes = [column for column in rest if column not in key.parts]
    lines = [
        f"# Guessed from {sample.rows:,} rows of {source}. Look at each line that says unsure.",
        f"dimension = {_text(dimension)}",
        "",
        "[feed]",
        *(
            _feed(form, null, time, op, delimiter, dms)
            if layout is None
            else _feed_of_layout(form, layout, time, files)
        ),
        "",
        "[key]",
        *_key(key, sample.rows, form, dms),
        "",
        "[attributes]",
        *_aligned((column.name, _value(column, form), column.unsure) for column in attributes),
        *(f"# {_text(name)} is left out: {why}" for name, why in left_out.items()),
    ]
    return "".join(f"{line}\n" for line in lines)


def _why_not_read(name: str, form: Format) -> str | None:
    """Why no definition can read a column that is called so."""
    if any(part in name for part in NOT_IN_SQL):
        return "no file of SQL can hold the name"
    if form == "csv":
        return "each landed row has a column of that name from us" if name.lower() in OF_LANDED else None
    return "a name with a dot, a quote, a backslash or * is no path" if _NO_PATH & set(name) else None


def _doubted(column: Guessed, layout: LayoutGuess | None) -> Guessed:
    """With what a layout says of it, which is surer than what its values may be."""
    doubt = layout.doubts.get(column.feed_name) if layout else None
    return replace(column, unsure=doubt) if doubt else column


def _no_time(source: str, names: Sequence[str]) -> str:
    row = " Its first line looks like a row: if it has no names, give a copy with a line of them before it."
    return (
        f"No column of {source} has a time in each row, as 2026-12-31 10:00:00, or in seconds since 1970 under a name "
        "such as updated_at; a dimension needs one that says when a row became true. If each file is the whole table "
        'of a time that its name says, write the definition by hand, with kind = "snapshots".'
        f"{row if any(map(str.isdecimal, names)) else ''}"
    )


def _feed(
    form: Format, null: str | None, time: TimeGuess, op: OpGuess | None, delimiter: str, dms: DmsGuess
) -> list[str]:
    column = _text(time.column.feed_name)
    told = column if time.format == "iso" else f'{{ column = {column}, format = "{time.format}" }}'
    lines = [("kind", '"changes"', ""), ("format", _text(form), "")]
    if delimiter != ",":
        lines.append(("delimiter", _text(delimiter), ""))
    if null:
        lines.append(("null", _text(null), f"{null} stands among values of other types"))
    lines.append(("time", told, time.unsure))
    if op:
        upsert, delete = (f"[{', '.join(map(_text, words))}]" for words in (op.upsert, op.delete))
        written = f"{{ column = {_text(op.column.feed_name)}, upsert = {upsert}, delete = {delete} }}"
        lines.append(("op", written, op.unsure))
    if dms.sequence:
        lines.append(("sequence", f"[{', '.join(_text(column.feed_name) for column in dms.sequence)}]", ""))
    if dms.full_load:
        lines.append(("initial", f"{{ files = '{dms.full_load}', time = \"1900-01-01\" }}", ""))
    return _aligned(lines)


def _own_time(columns: Sequence[Guessed], layout: LayoutGuess | None) -> TimeGuess | None:
    own = next((column for column in columns if column.feed_name in (TIME, CDC_TIME)), None)
    return TimeGuess(own, "iso", "") if own and layout else None


def _feed_of_layout(form: Format, layout: LayoutGuess, time: TimeGuess, files: Sequence[str]) -> list[str]:
    lines = [("kind", '"changes"', ""), ("format", _text(form), ""), ("layout", _text(layout.layout), "")]
    if layout.connector:
        lines.append(("connector", _text(layout.connector), ""))
    else:
        told = _text(time.column.feed_name)
        by_cursor = told if time.format == "iso" else f'{{ column = {told}, format = "{time.format}" }}'
        lines.append(("time", by_cursor, "; ".join(filter(None, ["rows have no place in a log", time.unsure]))))
    if layout.is_partial:
        lines.append(("missing", '"keep"', ""))
    if pattern := files_of(layout, files):
        lines.append(("files", f"'{pattern}'", ""))
    return _aligned(lines)


def _key(key: KeyGuess, rows: int, form: Format, dms: DmsGuess) -> list[str]:
    lines = []
    for number, part in enumerate(key.parts):
        stand_in = key.stand_in(part, rows)
        doubt = [] if number else [key.unsure]
        if stand_in:
            doubt.append(f"empty in some rows, so {stand_in} stands for that")
        before = dms.before.get(part.feed_name.lower())
        said = [f"null = {_text(stand_in)}"] if stand_in else []
        said += [f"before = {_text(before.feed_name)}"] if before else []
        value = _value(part, form, ", ".join(said), is_text=bool(stand_in))
        lines.append((part.name, value, "; ".join(filter(None, [*doubt, part.unsure]))))
    return _aligned(lines)


def _value(column: Guessed, form: Format, more: str = "", *, is_text: bool = False) -> str:
    is_same = column.feed_name == column.name or (form == "csv" and column.feed_name.lower() == column.name)
    said = [f'type = "{_typed(column, is_text)}"', more, "" if is_same else f"from = {_text(column.feed_name)}"]
    return f'"{_typed(column, is_text)}"' if not any(said[1:]) else f"{{ {', '.join(filter(None, said))} }}"


def _typed(column: Guessed, is_text: bool) -> str:
    # A stand-in is text.
    return column.type.name if not is_text or isinstance(column.type, Text) else Text(40).name


def _aligned(lines: Sequence[tuple[str, str, str]] | Iterator[tuple[str, str, str]]) -> list[str]:
    every = list(lines)
    width = max((len(name) for name, *_ in every), default=0)
    written = [(f"{name:<{width}} = {value}", unsure) for name, value, unsure in every]
    return [f"{line:<{_COMMENT_AT - 2}}  # unsure: {_one_line(unsure)}" if unsure else line for line, unsure in written]


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _text(text: str) -> str:
    # What JSON writes TOML reads, but for DEL, which it wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
