"""Reads a folder of migrations: every file is named, substituted and split before one is run."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from customertrack.errors import UserError
from customertrack.migrations import names
from customertrack.migrations.names import Identity, Name
from customertrack.migrations.problems import together
from customertrack.sqltext import variables as placeholders
from customertrack.sqltext.statements import Statement, split

# The runner writes its history between statements, which must not become part of a file's transaction; DECLARE and END
# show a block outside $$, whose parts cannot run alone.
_BLOCK_WORDS = re.compile(r"(?:BEGIN|START|COMMIT|ROLLBACK|DECLARE|END)\b", re.IGNORECASE)

# What is in no dimension's folder.
_SHARED = ""


@dataclass(frozen=True)
class Migration:
    """One file. `script` is its name, its folder's before it; `checksum` is SHA-224 in hex, with line ends normalised.

    The checksum is schemachange's: that of a versioned file before substitution, since another deploy value does not
    change what was applied; and of a repeatable one after it, since another value must apply it again.
    """

    name: Name
    script: str
    checksum: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Folder:
    """What a folder holds: `migrations` that can be run, and by dimension the `problems` of those that cannot.

    What a dimension has is among one or the other as a whole: none of its files is run if one cannot be.
    """

    migrations: list[Migration]
    problems: dict[str, list[str]]


def discover(folder: Path, variables: Mapping[str, str], dimensions: Collection[str] | None = None) -> list[Migration]:
    """The migrations of `folder`, by file name, and then those of the dimensions' folders in it, by their names.

    A folder is a dimension's if its name is that of one and a file in it begins as a migration does. Files of other
    kinds are left alone, and other folders. `dimensions`: only the folders of these are read.

    Raises UserError listing every file that looks like a migration but has another name than schemachange's patterns
    allow, cannot be read as UTF-8, is empty, holds something unterminated or a transaction of its own, or repeats a
    version or description; every placeholder without a value; every variable that no file uses.
    """
    found = read_folder(folder, variables, dimensions)
    if found.problems:
        raise together([sentence for sentences in found.problems.values() for sentence in sentences])
    return found.migrations


def read_folder(folder: Path, variables: Mapping[str, str], dimensions: Collection[str] | None = None) -> Folder:
    """As `discover`, but what is wrong with one dimension's files is said of it, beside the migrations of the others.

    Raises UserError as `discover` does if a file that all share is not in order.
    """
    problems: dict[str, list[str]] = defaultdict(list)
    found: list[Migration] = []
    used: set[str] = set()
    for dimension, paths in _candidates(folder, dimensions).items():
        for path in paths:
            try:
                migration, used_here = _read(path, path.relative_to(folder).as_posix(), variables)
            except UserError as error:
                problems[dimension].append(str(error))
            else:
                found.append(migration)
                used |= used_here
    for dimension, sentence in repeated(found):
        problems[dimension].append(sentence)
    if dimensions is None and not problems:
        problems[_SHARED] += placeholders.unused(variables, used)
    if problems[_SHARED]:
        raise together([sentence for sentences in problems.values() for sentence in sentences])
    del problems[_SHARED]
    return Folder([each for each in found if each.name.folder not in problems], dict(problems))


def repeated(found: Sequence[Migration]) -> list[tuple[str, str]]:
    """For each migration whose version or description an earlier one has: its folder, and a sentence."""
    first: dict[Identity, Migration] = {}
    sentences: list[tuple[str, str]] = []
    for migration in found:
        other = first.setdefault(migration.name.identity, migration)
        if other is not migration:
            what = "version" if migration.name.kind == "V" else "description"
            sentence = f"{migration.script} has the {what} of {other.script}; give one of them another {what}"
            sentences.append((migration.name.folder, sentence))
    return sentences


def _candidates(folder: Path, dimensions: Collection[str] | None) -> dict[str, list[Path]]:
    """By dimension; those that all share are first."""
    try:
        found = {_SHARED: _meant(folder)}
        for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
            if dimensions is not None and inner.name not in dimensions:
                continue
            files = _meant(inner)
            if names.is_dimension(inner.name, [path.name for path in files]):
                found[inner.name] = files
    except OSError as error:
        raise UserError(
            f"the folder {folder} cannot be read ({error.strerror}); name the folder of the migrations"
        ) from error
    if not any(found.values()):
        raise UserError(f"the folder {folder} holds no migration; name the folder that has files like V1.0__tables.sql")
    return found


def _meant(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.is_file() and names.meant_as_migration(path.name)]


def _read(path: Path, script: str, variables: Mapping[str, str]) -> tuple[Migration, set[str]]:
    name = names.parse(script)
    if name is None and "/" in script:
        raise UserError(
            f"{path}: the name is not R__<description>.sql, as the files of a dimension are, which run again when they "
            "change; rename the file or move it elsewhere"
        )
    if name is None:
        raise UserError(
            f"{path}: the name is neither V<version>__<description>.sql nor R__<description>.sql (case matters, two "
            "underscores; letters, digits, _ and - in the description); rename the file or move it elsewhere"
        )
    written = _text(path)
    text, used = placeholders.substitute(written, variables, str(path))
    statements = tuple(split(text, str(path)))
    _refuse_unrunnable(path, statements)
    checksum = hashlib.sha224((written if name.kind == "V" else text).encode()).hexdigest()
    return Migration(name, script, checksum, statements), used


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from error
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); make it readable") from error


def _refuse_unrunnable(path: Path, statements: Sequence[Statement]) -> None:
    if not statements:
        raise UserError(f"{path}: holds no statement; write one or remove the file")
    for statement in statements:
        if word := _BLOCK_WORDS.match(statement.text):
            raise UserError(
                f"{path}:{statement.line}: a migration's statement cannot begin with {word.group().upper()}, because "
                "each is committed by itself; put a block's body between $$, what belongs together into one statement"
            )
