"""What the watch has to know of a dimension's files, of its definition: the names, and what may be missing in them."""

import re
import tomllib
from pathlib import Path

from lambdas.dimension import Dimension
from lambdas.watch.files import Landing

# Which names a feed's files have, where the definition says nothing else.
_FILES = {
    "csv": ".*[.]csv([.]gz)?",
    "json": ".*[.](json|jsonl|ndjson)([.]gz)?",
    "parquet": ".*[.]parquet",
}


def landing(definitions: Path, dimension: Dimension, root: str) -> Landing:
    """The landing of a dimension. `definitions`: the folder of the definitions, which were checked before the deploy;
    `root`: the URL of the folder of all dimensions.
    """
    written = tomllib.loads((definitions / f"{dimension.name}.toml").read_text(encoding="utf-8"))
    feed = written["feed"]
    op = feed.get("op")
    # A file without it has no deletes, which is usual: then each row is what an empty word says.
    optional = {op["column"].upper()} if op and "" in (*op["upsert"], *op["delete"]) else set()
    return Landing(
        dimension.name,
        dimension.landing(root),
        re.compile(feed.get("files", _FILES[feed["format"]]), re.IGNORECASE),
        frozenset(optional),
        feed["kind"] == "snapshots",
    )
