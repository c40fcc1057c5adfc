"""What the watch has to know of a dimension's files, of its definition: their names, their columns, and their rows."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lambdas.dimension import Dimension
from lambdas.watch.columns import Columns
from lambdas.watch.files import Landing

# Which names a feed's files have, in any case of their letters, where the definition says nothing else.
_FILES = {
    "csv": ".*[.]csv([.]gz)?",
    "json": ".*[.](json|jsonl|ndjson)([.]gz)?",
    "parquet": ".*[.]parquet",
}
# Of Airbyte's CSV; what else it has is not read.
_AIRBYTE = "_AIRBYTE_DATA"


def landing(definitions: Path, dimension: Dimension, root: str) -> Landing:
    """The landing of a dimension. `definitions`: the folder of the definitions, which were checked before the deploy;
    `root`: the URL of the folder of all dimensions.
    """
    written = tomllib.loads((definitions / f"{dimension.name}.toml").read_text(encoding="utf-8"))
    feed = written["feed"]
    layout, files = feed.get("layout", "plain"), feed.get("files", _FILES[feed["format"]])
    return Landing(
        dimension.name,
        dimension.landing(root),
        re.compile(files, re.IGNORECASE if files in _FILES.values() else re.NOFLAG),
        feed["format"],
        _columns(written, layout),
        has_snapshots=feed["kind"] == "snapshots",
        has_truncates=layout == "debezium" or "truncate" in feed.get("op", {}),
        has_ignored=layout in ("debezium", "debezium_flat"),
    )


def _columns(written: Mapping[str, Any], layout: str) -> Columns:
    feed = written["feed"]
    if feed["format"] == "json":
        return Columns()
    if layout == "airbyte":
        # In Parquet a row may lie beside Airbyte's own columns or within one of them.
        return Columns(wanted=[frozenset({_AIRBYTE})] if feed["format"] == "csv" else [])
    if "columns" in feed:
        return Columns(places=len(feed["columns"]))
    op, read = feed.get("op"), list(_read(written))
    if feed["format"] == "parquet":
        # What it lacks of a row that is whole is NULL; of one that says what has changed it is not said.
        wanted = [] if feed.get("missing") == "keep" else [{name.partition(".")[0] for name in names} for names in read]
        return Columns(wanted=list(map(frozenset, wanted)), has_case=True)
    # A file without it has no deletes, which is usual: then each row is what an empty word says.
    optional = {op["column"]} if op and "" in (*op["upsert"], *op["delete"]) else set()
    return Columns(
        wanted=[_upper(names) for names in [*read, *({op["column"]} for op in [op] if op)]],
        optional=_upper(optional),
        others_are_lost=True,
    )


def _read(written: Mapping[str, Any]) -> Iterator[set[str]]:
    """The names that each column which is read may have, but for that of the operation and a key's value before."""
    feed = written["feed"]
    time = feed["time"] if isinstance(feed["time"], Mapping) else {"column": feed["time"]}
    if "column" in time:
        yield {time["column"]}
    yield from ({name} for name in feed.get("sequence", []))
    for name, said in (*written["key"].items(), *written["attributes"].items()):
        words = said if isinstance(said, Mapping) else {}
        was = words.get("was", [])
        if not words.get("retired"):
            yield {words.get("from", name), *([was] if isinstance(was, str) else was)}


def _upper(names: set[str]) -> frozenset[str]:
    return frozenset(name.upper() for name in names)
