"""The decision about a landed file that differs from what was loaded of it.

Load: its present content lands as a version of its own, under a name that sorts right behind the old one. Rows that had
been loaded before are events that are there twice, which changes nothing; of two events with the same `updated_at` the
newer content counts. Keep: what was loaded counts, until the content is another one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Literal

from customertrack.local.content import unfit
from customertrack.local.decisions import Decisions
from customertrack.local.differences import Difference, differences
from customertrack.local.done import Done
from customertrack.local.landing import copy_whole, ending_of, feed_of
from customertrack.local.notices import short_name
from customertrack.local.pipeline import Pipeline


@dataclass(frozen=True)
class Resolved:
    """What came of one file. `name`: as in the landing folder. `text`: about "it".

    `status`: LOADED or KEPT, it does not differ any more; NOTHING, it did not differ; FAILED, it still does.
    `done`: what the pipeline did with it.
    """

    name: str
    status: Literal["LOADED", "KEPT", "NOTHING", "FAILED"]
    text: str
    done: Done = field(default_factory=Done)


def load(pipeline: Pipeline, names: list[str] | None = None) -> list[Resolved]:
    """Load what the named files hold now, all that differ if None. What a killed call had begun is ended."""
    return _each(pipeline, names, lambda difference: _load(pipeline, difference))


def keep(pipeline: Pipeline, names: list[str] | None = None) -> list[Resolved]:
    """Let what was loaded of the named files count, of all that differ if None. Raises UserError."""
    return _each(pipeline, names, lambda difference: _keep(pipeline, difference))


def _each(pipeline: Pipeline, names: list[str] | None, act: Callable[[Difference], Resolved]) -> list[Resolved]:
    differing = {
        short_name(one.name): one for one in differences(pipeline.home, pipeline.connection, pipeline.dimension)
    }
    taken = {short_name(name) for name in pipeline.connection.names_taken(pipeline.dimension.pipe)}
    resolved = []
    for name in sorted(differing) if names is None else dict.fromkeys(names):
        if name in differing:
            resolved.append(act(differing[name]))
        elif name in taken:
            resolved.append(Resolved(name, "NOTHING", "it is as it was loaded, gone, or decided; nothing was done"))
        else:
            resolved.append(Resolved(name, "FAILED", "no file of this name was loaded; see: customertrack status"))
    return resolved


def _load(pipeline: Pipeline, difference: Difference) -> Resolved:
    name, path = short_name(difference.name), pipeline.home.path(difference.name)
    try:
        if difference.etag is None:
            return Resolved(name, "FAILED", "it cannot be read; change its permissions")
        if found := unfit(path, feed_of(pipeline.dimension)):
            return Resolved(name, "FAILED", f"{found.reason}, so there is nothing to load; --keep leaves it as it is")
        version = _version(pipeline, difference)
        if not pipeline.home.path(version).exists() and not copy_whole(path, pipeline.home.path(version)):
            return Resolved(name, "FAILED", "it changed while it was copied; try again when it is written to its end")
    except OSError as error:
        return Resolved(name, "FAILED", f"it was not copied: {error.strerror}")
    done = pipeline.load_landed([version])
    kept = {one.name: one for one in pipeline.connection.load_metadata(pipeline.dimension.pipe)}.get(version)
    if kept is None:
        return Resolved(name, "FAILED", f"{short_name(version)} was not loaded; see: customertrack status")
    if kept.error is not None:
        return Resolved(name, "FAILED", f"it could not be loaded, because {kept.error}; correct it, and try again")
    text = f"what it holds now was loaded as {short_name(version)}: {kept.rows:,} {'row' if kept.rows == 1 else 'rows'}"
    return Resolved(name, "LOADED", text, done)


def _version(pipeline: Pipeline, difference: Difference) -> str:
    """The key for the present content: one that has it already, or the first one that is free."""
    metadata = {one.name: one for one in pipeline.connection.load_metadata(pipeline.dimension.pipe)}
    ending = ending_of(difference.name, pipeline.dimension)
    for number in count(2):
        name = f"{difference.name}.{number:04}{ending}"
        if name in metadata:
            if metadata[name].etag == difference.etag:
                return name
        elif not pipeline.home.path(name).exists() or pipeline.home.bucket.etag(name) == difference.etag:
            return name
    raise AssertionError


def _keep(pipeline: Pipeline, difference: Difference) -> Resolved:
    name = short_name(difference.name)
    if difference.etag is None:
        return Resolved(name, "FAILED", "it cannot be read; change its permissions")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    Decisions(pipeline.home).keep(difference.name, difference.etag, at)
    return Resolved(name, "KEPT", "what was loaded of it counts, until it changes again")
