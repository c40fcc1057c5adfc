"""What a definition says, as frozen records. `reading` makes them, `checks` says whether they make sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from customertrack.dimension.types import Type

Kind = Literal["changes", "snapshots"]
Format = Literal["csv", "json", "parquet"]
FeedLayout = Literal["plain", "debezium", "debezium_flat", "airbyte"]
Connector = Literal["postgres", "mysql", "sqlserver", "oracle"]
Missing = Literal["null", "keep"]
TimeFormat = Literal["iso", "epoch_s", "epoch_ms", "epoch_us"]
Change = Literal["version", "update", "correct", "keep"]
Before = Literal["null", "first"]
StorageLayout = Literal["small", "merge_on_read"]
Quote = Literal['"', "'", "none"]

ENCODINGS = (
    *("UTF8", "UTF16", "UTF16BE", "UTF16LE", "UTF32", "UTF32BE", "UTF32LE"),
    *(f"ISO8859{part}" for part in (1, 2, 5, 6, 7, 8, 9, 15)),
    *(f"WINDOWS125{part}" for part in range(7)),
    *("BIG5", "EUCJP", "EUCKR", "GB18030", "ISO2022JP", "ISO2022KR", "KOI8R", "SHIFTJIS"),
)
"""Those that both engines read (docs.snowflake.com, CREATE FILE FORMAT, ENCODING)."""


@dataclass(frozen=True)
class ColumnTime:
    """Event time stands in a column of the feed."""

    column: str
    format: TimeFormat = "iso"


@dataclass(frozen=True)
class FileTime:
    """Event time stands in the file's name: the one group of the regular expression."""

    pattern: str


@dataclass(frozen=True)
class Op:
    """The words by which a row says what happened, in upper case; '' is an empty field or none."""

    column: str
    upsert: tuple[str, ...]
    delete: tuple[str, ...]
    truncate: tuple[str, ...] = ()


@dataclass(frozen=True)
class Initial:
    """A full load: rows of files whose names match `files` are true since `time`, whatever they say."""

    files: str
    time: str


@dataclass(frozen=True)
class Guard:
    """A snapshot that would end more than this share of the keys, or has fewer rows, is held."""

    max_deleted: float
    min_rows: int


@dataclass(frozen=True)
class Feed:
    """How rows arrive. `files`: a regular expression for the names of files. `null`: the unquoted word for NULL.

    Of CSV: `delimiter` and `quote`, "" if fields are never in quotes; `encoding`, one of ENCODINGS; `columns`, the
    names by their positions in files that have no header. Without `op` every row is an upsert.
    `layout`: of whoever wrote the rows; `time`, `op` and `sequence` are then its own, with the log of the `connector`.
    """

    kind: Kind
    format: Format
    time: ColumnTime | FileTime | None
    files: str
    op: Op | None = None
    sequence: tuple[str, ...] = ()
    null: str | None = None
    initial: Initial | None = None
    missing: Missing = "null"
    layout: FeedLayout = "plain"
    guard: Guard | None = None
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "UTF8"
    columns: tuple[str, ...] = ()
    connector: Connector | None = None


@dataclass(frozen=True)
class KeyPart:
    """One column of the business key. `feed_name`: its name in the feed. `null`: what NULL is stored as.

    `before`: the feed's column with the key as it was before the row.
    """

    name: str
    type: Type
    feed_name: str
    null: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Attribute:
    """`feed_name`: its name in the feed, in JSON a path. `since`: the number of the definition that brought it.

    `before`: what versions from before `since` show. `was`: the names it had, the first one first.
    """

    name: str
    type: Type
    feed_name: str
    change: Change = "version"
    retired: bool = False
    was: tuple[str, ...] = ()
    since: int = 1
    before: Before = "null"

    @property
    def column(self) -> str:
        """Its name in the log and in the tables, where it is called as it was at first."""
        return self.was[0] if self.was else self.name


@dataclass(frozen=True)
class Group:
    """Attributes that the generator changes together, in this share of the keys per batch.

    `faker`: for an attribute, the provider of Faker that makes its values; without one they come from its type.
    """

    name: str
    attributes: tuple[str, ...]
    rate: float
    faker: Mapping[str, str]


@dataclass(frozen=True)
class Definition:
    """A dimension. Key parts and attributes are in the order of their columns, the retired ones among them.

    A column that is added later stands behind those that are there (docs.snowflake.com, "CREATE OR ALTER TABLE"), so
    attributes are in the order of `since`, and only among those of one number in that of the file.
    `history`: whether versions are kept; if not, there is the current truth alone (type 1). `storage`: None is small
    too, and was never anything else; where small is said, its SQL takes up what another layout has left.
    """

    name: str
    feed: Feed
    key: tuple[KeyPart, ...]
    attributes: tuple[Attribute, ...]
    history: bool = True
    storage: StorageLayout | None = None
    generate: tuple[Group, ...] = ()

    @property
    def shown(self) -> tuple[Attribute, ...]:
        """The attributes that are not retired."""
        return tuple(attribute for attribute in self.attributes if not attribute.retired)

    @property
    def number(self) -> int:
        """The number of the definition: it rises by one whenever attributes are added."""
        return max((attribute.since for attribute in self.attributes), default=1)
