"""What lies in internal stages and in Streamlit apps: bytes by name, kept in the database file itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from snowglobe.session import Session

_PLACE = "FROM embedded.staged_file WHERE stage = ? AND starts_with(name, ?)"


@dataclass(frozen=True)
class InternalFile:
    """`name`: relative to the stage. `modified_at`: UTC."""

    name: str
    content: bytes
    modified_at: datetime

    @property
    def md5(self) -> str:
        """Of the content. Snowflake shows that of what it keeps, which is encrypted."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


def files(session: Session, stage: str, prefix: str = "") -> list[InternalFile]:
    """Those whose names begin with `prefix`, by name."""
    rows = session.rows(f"SELECT name, content, modified_at {_PLACE} ORDER BY name", [stage, prefix])
    return [InternalFile(*row) for row in rows]


def put(session: Session, stage: str, name: str, content: bytes) -> None:
    """Add or replace a file, within the open transaction."""
    session.run("DELETE FROM embedded.staged_file WHERE stage = ? AND name = ?", [stage, name])
    session.run("INSERT INTO embedded.staged_file VALUES (?, ?, ?, ?)", [stage, name, content, session.clock()])


def remove(session: Session, stage: str, prefix: str = "") -> Sequence[str]:
    """Take out the files whose names begin with `prefix`, within the open transaction; returns the names."""
    gone = [file.name for file in files(session, stage, prefix)]
    session.run(f"DELETE {_PLACE}", [stage, prefix])
    return gone
