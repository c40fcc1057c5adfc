"""Which layout a document is of, and the row in it, from which the rest of a definition is guessed."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from customertrack.dimension.definition import Connector, FeedLayout
from customertrack.dimension.guess_schema import fields_beside

Document = Mapping[str, Any]

TIME = "_committed_at"
"""In a row, when it was committed, and its place in the log. No column of a database's is likely to be called so."""

_CONNECTORS: Mapping[str, Connector] = {
    "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlserver": "sqlserver", "oracle": "oracle",
}  # fmt: skip
_AIRBYTE_IDS = {"_airbyte_raw_id", "_airbyte_ab_id"}
_UNAVAILABLE = re.compile("__(debezium|cflt)_unavailable_value")
_ISO_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}Z")
# Names under which Confluent's sink writes; beside them may lie the keys.
_SINK, _SINK_FILES = re.compile(r".*[+][0-9]+[+][0-9]{10}[.]json([.]gz)?"), ".*[+][0-9]+[+][0-9]{10}[.]json([.]gz)?"


@dataclass(frozen=True)
class LayoutGuess:
    """`connector`: None where there is no log's place in the rows: the time is then one of their columns.

    `doubts`: by the name of a field why its values, as they are, will not be read as they are meant.
    """

    layout: FeedLayout
    connector: Connector | None
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_time(self) -> bool:
        """Whether the layout says when a row was committed."""
        return self.connector is not None

    @property
    def is_partial(self) -> bool:
        """Whether a row may leave something unsaid."""
        return self.layout != "airbyte"


def layout_of(document: Any) -> LayoutGuess | None:
    """The layout that a document has; None for one that is as it is."""
    inner = _event(document)
    if isinstance(inner.get("source"), dict) and "op" in inner:
        return LayoutGuess("debezium", _CONNECTORS.get(str(inner["source"].get("connector")), "postgres"))
    if "__op" in inner:
        said = _CONNECTORS.get(str(inner.get("__source_connector")))
        return LayoutGuess("debezium_flat", said or _by_place(inner, "__source_"))
    if _AIRBYTE_IDS & set(inner):
        return LayoutGuess("airbyte", _by_cdc(_airbyte(inner)))
    return None


def _by_place(row: Document, prefix: str) -> Connector:
    if f"{prefix}file" in row:
        return "mysql"
    if f"{prefix}commit_lsn" in row:
        return "sqlserver"
    return "oracle" if f"{prefix}scn" in row else "postgres"


def _by_cdc(row: Document) -> Connector | None:
    if "_ab_cdc_updated_at" not in row:
        return None
    if "_ab_cdc_log_file" in row:
        return "mysql"
    if "_ab_cdc_event_serial_no" in row:
        return "sqlserver"
    return "postgres"


def layout_of_columns(names: Sequence[str]) -> LayoutGuess | None:
    """The layout of files whose rows have their fields in columns."""
    return layout_of(dict.fromkeys(names)) if set(names) & _AIRBYTE_IDS else None


def is_own(name: str) -> bool:
    """Whether a column is Airbyte's, and none of the source's."""
    return name.startswith(("_airbyte_", "_ab_cdc_"))


def row_of(guess: LayoutGuess, document: Any) -> Document | None:
    """The row in a document, with its time; None if there is none, or a delete's, which has its key alone."""
    event = _event(document)
    match guess.layout:
        case "debezium":
            row, place, is_delete = event.get("after"), event.get("source"), event.get("op") == "d"
        case "debezium_flat":
            row = {name: value for name, value in event.items() if not name.startswith("__")}
            place = {name: value for name, value in event.items() if name.startswith("__source_")}
            is_delete = event.get("__op") == "d"
        case _:
            whole = _airbyte(event)
            row = {name: value for name, value in whole.items() if not is_own(name)}
            place = {name: value for name, value in whole.items() if name.startswith("_ab_cdc_")}
            is_delete = bool(whole.get("_ab_cdc_deleted_at"))
    if is_delete or not isinstance(row, dict):
        return None
    fields = fields_beside(document)
    told = {
        name: fields[name].plain(value) if name in fields else _plain(value)
        for name, value in row.items()
        if not _UNAVAILABLE.search(json.dumps(value))
    }
    return {**told, TIME: json.dumps(place)} if guess.has_time else told


def doubts_of(document: Any) -> Iterator[tuple[str, str]]:
    """The fields of a document's row whose values will not be read as its schema means them, and why."""
    fields = fields_beside(document)
    event = _event(document) if fields else {}
    row = event.get("after") if "after" in event else event
    if isinstance(row, dict):
        doubts = ((name, said.doubt(row.get(name))) for name, said in fields.items())
        yield from (one for one in doubts if one[1])


def files_of(guess: LayoutGuess, names: Sequence[str]) -> str | None:
    """A pattern for names of files, where the usual one would take others, too."""
    return _SINK_FILES if guess.is_partial and all(map(_SINK.fullmatch, names)) else None


def _event(document: Any) -> dict[str, Any]:
    """What lies in the document: below the value beside a sink's key, and beside a schema."""
    for name in ("value", "payload"):
        if isinstance(document, dict) and name in document and not {"op", "__op"} & set(document):
            document = document[name]
    return document if isinstance(document, dict) else {}


def _airbyte(document: Document) -> dict[str, Any]:
    data = document.get("_airbyte_data", document)
    found = json.loads(data) if isinstance(data, str) else data
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    """A date without the Z that Debezium writes behind it."""
    return value.removesuffix("Z") if isinstance(value, str) and _ISO_DATE.fullmatch(value) else value
