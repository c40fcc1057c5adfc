"""A guess as the text of a definition, with a comment where it is unsure."""

import json
from collections.abc import Iterator, Sequence

from customertrack.dimension.definition import Format
from customertrack.dimension.guess import KeyGuess, OpGuess, TimeGuess, guess_key, guess_op, guess_time
from customertrack.dimension.guess_types import Guessed, columns_of, null_word
from customertrack.dimension.sample import Sample
from customertrack.dimension.types import Text
from customertrack.errors import UserError

# What no path into a record has in a name.
_NO_PATH = set('."\\*')
# Comments begin here, unless the line is longer.
_COMMENT_AT = 56


def guessed(dimension: str, sample: Sample, form: Format, source: str, delimiter: str = ",") -> str:
    """The text of a definition for files of this format. `source`: what they are called, for its first line.

    `delimiter`: what stands between the fields of CSV.
    Raises UserError where there is no row, or no column that can be the time.
    """
    if not sample.rows:
        raise UserError(f"There is no row in {source}; give a file with some.")
    null = null_word(sample)
    if null:
        sample = sample.with_null(null)
    columns = columns_of(sample, dimension)
    no_paths = [one.feed_name for one in columns if form != "csv" and _NO_PATH & set(one.feed_name)]
    columns = [one for one in columns if one.feed_name not in no_paths]
    time = guess_time(columns, sample.rows)
    if time is None:
        raise UserError(_no_time(source))
    rest = [column for column in columns if column is not time.column]
    op = guess_op(rest)
    rest = [column for column in rest if op is None or column is not op.column]
    key = guess_key(sample, rest, time, dimension)
    attributes = [column for column in rest if column not in key.parts]
    lines = [
        f"# Guessed from {sample.rows:,} rows of {source}. Look at each line that says unsure.",
        f"dimension = {_text(dimension)}",
        "",
        "[feed]",
        *_feed(form, null, time, op, delimiter),
        "",
        "[key]",
        *_key(key, sample.rows, form),
        "",
        "[attributes]",
        *_aligned((column.name, _value(column, form), column.unsure) for column in attributes),
        *(f"# {_text(name)} is left out: a name with a dot, a quote, a backslash or * is no path" for name in no_paths),
    ]
    return "".join(f"{line}\n" for line in lines)


def _no_time(source: str) -> str:
    return (
        f"No column of {source} has a time in each row, as 2026-12-31 10:00:00, or in seconds since 1970 under a name "
        "such as updated_at; a dimension needs one that says when a row became true."
    )


def _feed(form: Format, null: str | None, time: TimeGuess, op: OpGuess | None, delimiter: str) -> list[str]:
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
    return _aligned(lines)


def _key(key: KeyGuess, rows: int, form: Format) -> list[str]:
    lines = []
    for number, part in enumerate(key.parts):
        stand_in = key.stand_in(part, rows)
        doubt = [] if number else [key.unsure]
        if stand_in:
            doubt.append(f"empty in some rows, so {stand_in} stands for that")
        value = _value(part, form, f"null = {_text(stand_in)}" if stand_in else "")
        lines.append((part.name, value, "; ".join(filter(None, [*doubt, part.unsure]))))
    return _aligned(lines)


def _value(column: Guessed, form: Format, more: str = "") -> str:
    is_same = column.feed_name == column.name or (form == "csv" and column.feed_name.lower() == column.name)
    said = [f'type = "{_typed(column, more)}"', more, "" if is_same else f"from = {_text(column.feed_name)}"]
    return f'"{_typed(column, more)}"' if not any(said[1:]) else f"{{ {', '.join(filter(None, said))} }}"


def _typed(column: Guessed, stand_in: str) -> str:
    # A stand-in is text.
    return column.type.name if not stand_in or isinstance(column.type, Text) else Text(40).name


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
