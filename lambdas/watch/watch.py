"""One watch: each part by itself, so that one that cannot be read keeps no other from being seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from customertrack.errors import UserError
from customertrack.sqltext.identifiers import qualify, quote
from customertrack.warehouse import Connection, WarehouseError, message_of
from lambdas.watch import invariants, landed, loaded, pipeline, snapshots, trust
from lambdas.watch.event import Questions
from lambdas.watch.files import Landing
from lambdas.watch.metric import Metric

Part = Callable[[], list[Metric]]
Publish = Callable[[Sequence[Metric]], None]
# Snowflake's "No active warehouse selected in the current session".
_NO_WAREHOUSE = 606


@dataclass(frozen=True)
class Source:
    """What is read: a session without a warehouse, the name of the one it may have, and where files of the dimensions
    land.
    """

    connection: Connection
    warehouse: str
    landings: Sequence[Landing]

    def wake(self) -> list[Metric]:
        """Have a warehouse from now on. It finds out nothing."""
        self.connection.cursor().execute(f"USE WAREHOUSE {quote(self.warehouse)}")
        return []


def use(connection: Connection, database: str) -> None:
    """Go where the tables are. Raises UserError if they are not there."""
    try:
        connection.cursor().execute(f"USE SCHEMA {qualify(database, 'dimension')}")
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        raise UserError(
            f"The watch cannot go to {database}.dimension ({message_of(error)}); see docs/runbook.md, watch-failed."
        ) from error


def parts(
    source: Source,
    questions: Questions,
    *,
    trusts: Sequence[trust.RoleTrust],
    queries: Mapping[str, Mapping[str, str]],
    now: datetime,
) -> dict[str, Part]:
    """What to read, by the name under which it is said to have failed; what is cheap comes first, of all dimensions.

    `queries`: those of invariants.queries, by dimension. `now`: aware, UTC.
    """
    found: dict[str, Part] = {"the warehouse": source.wake} if questions.need_a_warehouse else {}
    found["the trust"] = lambda: trust.drift(source.connection, *trusts)
    every = [_Looked(source, questions, each, queries.get(each.dimension, {}), now) for each in source.landings]
    for kind in (_Looked.cheap, _Looked.counted, _Looked.landed, _Looked.invariants):
        for one in every:
            name = one.landing.dimension
            found |= {f"{what} of {name}": _about(name, read) for what, read in kind(one).items()}
    return found


@dataclass(frozen=True)
class _Looked:
    """What is looked at of one dimension, as far as it is asked for."""

    source: Source
    questions: Questions
    landing: Landing
    queries: Mapping[str, str]
    now: datetime

    def cheap(self) -> dict[str, Part]:
        connection, name = self.source.connection, self.landing.dimension
        return {
            "the pipe": lambda: pipeline.pipe(connection, name),
            "the stream": lambda: pipeline.stream(connection, name, self.now, self.source.wake),
            "the last batch": lambda: pipeline.last_batch(connection, name, self.now),
        }

    def counted(self) -> dict[str, Part]:
        connection, name, window = self.source.connection, self.landing.dimension, self.questions.window
        if window is None:
            return {}
        found: dict[str, Part] = {
            "the batches": lambda: pipeline.batches(connection, name, window),
            "the task": lambda: pipeline.tasks(connection, name, window),
            "the loaded files": lambda: loaded.misread(connection, window, self.landing),
        }
        if self.landing.has_snapshots:
            found["the snapshots"] = lambda: snapshots.waiting(connection, self.landing, self.now)
        return found

    def landed(self) -> dict[str, Part]:
        if not self.questions.landing:
            return {}
        return {"the landing": lambda: landed.undecided(self.source.connection, self.landing, self.now)}

    def invariants(self) -> dict[str, Part]:
        if not self.questions.invariants:
            return {}
        return {f"invariant {name}": _check(self.source.connection, name, sql) for name, sql in self.queries.items()}


def watch(parts: Mapping[str, Part], publish: Publish) -> list[str]:
    """Read each part and publish it at once, so that also a watch that is cut off has published what it knew.

    Returns the parts that wanted a warehouse and had none: one that is asked for more reads them. Raises UserError,
    naming each part that could not be read, after all the others.
    """
    failed: dict[str, Exception] = {}
    left: list[str] = []
    for name, read in parts.items():
        try:
            metrics = read()
        except Exception as error:  # noqa: BLE001  whatever is wrong with one part, the others are read
            if isinstance(error, WarehouseError) and error.errno == _NO_WAREHOUSE:
                left.append(name)
            else:
                failed[name] = error
        else:
            publish(metrics)
    if failed:
        reasons = "; ".join(f"{name} ({_sentence(error)})" for name, error in failed.items())
        raise UserError(
            f"The watch could not read {reasons}. The other metrics are published; see docs/runbook.md, watch-failed."
        ) from next(iter(failed.values()))
    return left


def _about(dimension: str, read: Part) -> Part:
    return lambda: [replace(metric, dimension=dimension) for metric in read()]


def _check(connection: Connection, name: str, query: str) -> Part:
    return lambda: invariants.offences(connection, name, query)


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    return message_of(error) if isinstance(error, WarehouseError) else f"{type(error).__name__}: {error}"
