"""What a home remembers of the last check of a dimension, in checked/NAME.json."""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from customertrack.errors import UserError
from customertrack.local.home import Home
from customertrack.reads.last_check import LastCheck, Offence


def write(home: Home, dimension: str, check: LastCheck) -> None:
    """Write it down, in place of the one before. If that cannot be done, the next check is written down."""
    path = _path(home, dimension)
    part = path.with_name(f".{path.name}.part")
    written = asdict(check) | {"at": check.at.isoformat()}
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        part.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.rename(path)


def read(home: Home, dimension: str) -> LastCheck | None:
    """The last one, or None if there was none. Raises UserError if it cannot be read."""
    path = _path(home, dimension)
    try:
        return _from_written(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise UserError(f"{path} cannot be read ({error}). Check again: the next `verify` writes it anew.") from error


def _path(home: Home, dimension: str) -> Path:
    return home.folder / "checked" / f"{dimension}.json"


def _from_written(values: Any) -> LastCheck:
    offences = tuple(Offence(**one) for one in values["offences"])
    return LastCheck(**values | {"at": datetime.fromisoformat(values["at"]), "offences": offences})
