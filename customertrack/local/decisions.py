"""What a home remembers of landed files that changed after they were loaded, in landing.json.

Of each its content when it was last looked at, so that it is not read again, and whether someone decided to leave it.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from customertrack.errors import UserError
from customertrack.local.home import Home


@dataclass(frozen=True)
class Seen:
    """A landed file as it was last looked at: `version` and `etag` as a Bucket tells them.

    `kept_etag`: the content about which it was decided that what was loaded counts; `kept_at`: when, ISO 8601, UTC.
    """

    version: str
    etag: str
    kept_etag: str | None = None
    kept_at: str | None = None


class Decisions:
    """The memory of a home. Raises UserError if it is there and cannot be read."""

    def __init__(self, home: Home) -> None:
        self._path = home.folder / "landing.json"
        self.seen: dict[str, Seen] = _read(self._path)
        self._has_looked = False

    def kept(self, name: str) -> str | None:
        """The content of a file about which it was decided, or None."""
        seen = self.seen.get(name)
        return seen.kept_etag if seen else None

    def looked(self, name: str, version: str, etag: str) -> Seen:
        """Remember what a file's content is."""
        before = self.seen.get(name, Seen(version, etag))
        self.seen[name] = replace(before, version=version, etag=etag)
        self._has_looked = True
        return self.seen[name]

    def keep(self, name: str, etag: str, at: str) -> None:
        """Decide that what was loaded of a file counts as long as its content is this one. Raises UserError."""
        self.seen[name] = replace(self.seen[name], kept_etag=etag, kept_at=at)
        try:
            self._write()
        except OSError as error:
            raise UserError(
                f"{self._path} cannot be written: {error.strerror}. Free some space or change the permissions."
            ) from error

    def save_looks(self) -> None:
        """Write down what was looked at. If that cannot be done, the files are read again the next time."""
        if self._has_looked:
            with suppress(OSError):
                self._write()

    def _write(self) -> None:
        written = {name: asdict(seen) for name, seen in sorted(self.seen.items())}
        part = self._path.with_name(f".{self._path.name}.part")
        part.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        part.rename(self._path)


def _read(path: Path) -> dict[str, Seen]:
    try:
        return _from_written(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"{path} cannot be read ({error}). Restore it, or remove it: then files that were resolved with --keep "
            "are told of again."
        ) from error


def _from_written(written: Any) -> dict[str, Seen]:
    if not isinstance(written, Mapping):
        raise ValueError("it holds no files")
    return {str(name): Seen(**seen) for name, seen in written.items()}
