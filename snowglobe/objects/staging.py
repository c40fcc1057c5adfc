"""What a client does with the files of an internal stage: PUT and REMOVE.

docs.snowflake.com: "PUT", "REMOVE".
"""

from glob import glob
from pathlib import Path

from snowglobe.catalog import Stage
from snowglobe.errors import NotSupportedError, ProgrammingError
from snowglobe.results import Result, ResultColumn
from snowglobe.session import Session
from snowglobe.storage import internal
from snowglobe.tokens import Tokens, head, syntax_error

_OPTIONS = {"AUTO_COMPRESS": True, "OVERWRITE": False, "PARALLEL": 4}
_PUT = [
    *(ResultColumn(name, 2) for name in ("source", "target")),
    *(ResultColumn(name, 0) for name in ("source_size", "target_size")),
    *(ResultColumn(name, 2) for name in ("source_compression", "target_compression", "status", "message")),
]


def put(session: Session, tokens: Tokens) -> Result:
    """PUT 'file:///path' @stage[/path] AUTO_COMPRESS = FALSE [OVERWRITE = TRUE]; `*` and `?` are for any characters.

    A row for each file, by name. One that is there already is left as it is, unless it may be overwritten.
    """
    url = tokens.string()
    stage, folder = location(session, tokens)
    options = tokens.options(_OPTIONS)
    tokens.end()
    if not url.startswith("file:///"):
        raise syntax_error(tokens.sql, "expected 'file:///...'")
    if options.get("AUTO_COMPRESS", True):
        message = f"The embedded warehouse puts files as they are, with AUTO_COMPRESS = FALSE: {head(tokens.sql)}"
        raise NotSupportedError(message, 2, "0A000")
    found = _local(url.removeprefix("file://"))
    there = {file.name for file in internal.files(session, stage.name, folder)}
    rows = []
    with session.atomic():
        for path in found:
            content, name = path.read_bytes(), f"{folder}{path.name}"
            skipped = name in there and not options.get("OVERWRITE", False)
            if not skipped:
                internal.put(session, stage.name, name, content)
            state = "SKIPPED" if skipped else "UPLOADED"
            rows.append((path.name, path.name, len(content), len(content), "NONE", "NONE", state, ""))
    return Result(_PUT, rows)


def _local(pattern: str) -> list[Path]:
    """The files that fit, by name. As of Snowflake's driver, `*` fits no name that begins with a dot."""
    found = sorted(map(Path, glob(pattern)))  # noqa: PTH207  a Path's finds those with a dot
    if not found:
        raise ProgrammingError(f"File doesn't exist: {pattern}", 253006, "42601")
    for path in found:
        if path.is_dir():
            raise ProgrammingError(f"Not a file but a directory: {path}", 253006, "42601")
    return found


def remove(session: Session, tokens: Tokens) -> Result:
    """REMOVE | RM @stage[/path]: all files below the path; a row for each, by name."""
    stage, folder = location(session, tokens)
    tokens.end()
    with session.atomic():
        gone = internal.remove(session, stage.name, folder)
    own = stage.name.partition(".")[2]
    return Result([ResultColumn("name", 2), ResultColumn("result", 2)], [(f"{own}/{name}", "removed") for name in gone])


def location(session: Session, tokens: Tokens) -> tuple[Stage, str]:
    """@stage[/folder]: an internal stage, and the path of the folder below it with a slash at its end, or ''."""
    tokens.expect("@")
    stage = session.find(Stage, tokens.name())
    if stage.bucket:
        message = f"The embedded warehouse puts and removes files of internal stages alone: {head(tokens.sql)}"
        raise NotSupportedError(message, 2, "0A000")
    return stage, folder_of(tokens.adjacent())


def folder_of(path: str) -> str:
    """The folder that a path behind the name of a stage is, with a slash at its end; '' if there is none."""
    inside = path.strip("/")
    return f"{inside}/" if inside else ""
