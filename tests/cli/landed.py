"""Files in a home's landing folder, and what came of them."""

import json
import os
from pathlib import Path

from tests.cli.program import Program

HEADER = "customer_id,first_name,updated_at\n"
ROWS = HEADER + "1,Ann,2026-01-01\n2,Bob,2026-01-01\n"
MORE = "3,Cid,2026-01-01\n"


def drop(path: Path, content: str | bytes) -> None:
    """Put a file there as one that was there for long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (1, 1))


def names(program: Program) -> list[str]:
    found = program.done("query", "SELECT first_name FROM customer ORDER BY customer_id", "--format", "json").out
    return [row["first_name"] for row in json.loads(found)]


def differing(program: Program) -> list[str]:
    facts = json.loads(program.done("status", "--format", "json").out)
    return [one["name"] for one in facts["landed_files"] if one["kind"] == "DIFFERS"]
