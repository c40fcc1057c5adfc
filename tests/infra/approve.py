"""`python -m tests.infra.approve`: takes the stack as it is for right, after somebody looked at the difference.

It writes approved_iam.json (the reasons that stand in it are kept) and template.json.
"""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.infra.permissions import Entry, permissions
from tests.infra.synthesis import VARIANTS, Synthesised, read, synthesise

HERE = Path(__file__).parent
APPROVED = HERE / "approved_iam.json"
SNAPSHOT = HERE / "template.json"


def listed(stacks: dict[str, Synthesised]) -> dict[str, list[Entry]]:
    """The permissions of each variant; of those after the first, only what it has more."""
    known: list[Entry] = []
    found: dict[str, list[Entry]] = {}
    for name, stack in stacks.items():
        found[name] = [entry for entry in permissions(stack.template) if entry not in known]
        known += found[name]
    return found


def approved() -> dict[str, list[Entry]]:
    """What stands in approved_iam.json."""
    return json.loads(APPROVED.read_text())


def without_reason(entry: Entry) -> Entry:
    """An entry as `permissions` gives it."""
    return {key: value for key, value in entry.items() if key != "reason"}


def stable(template: dict[str, Any]) -> str:
    """The template as text, with <hash> for what changes with the contents of a package, an image or sql/."""
    text = json.dumps(template, indent=1, sort_keys=True)
    return re.sub(r"\b[0-9a-f]{64}\b", "<hash>", text) + "\n"


def _written(entries: list[Entry]) -> str:
    return ",\n".join(f"    {json.dumps(entry)}" for entry in entries)


def main() -> None:
    """Writes both files."""
    reasons = [entry for entries in (approved() if APPROVED.exists() else {}).values() for entry in entries]
    with TemporaryDirectory() as place:
        for name, settings in VARIANTS.items():
            synthesise(settings, Path(place, name))
        stacks = {name: read(Path(place, name)) for name in VARIANTS}
    found = {
        name: [next((old for old in reasons if without_reason(old) == entry), entry) for entry in entries]
        for name, entries in listed(stacks).items()
    }
    blocks = (f'  "{name}": [\n{_written(entries)}\n  ]' for name, entries in found.items())
    APPROVED.write_text("{\n" + ",\n".join(blocks) + "\n}\n")
    SNAPSHOT.write_text(stable(stacks["dev"].template))


if __name__ == "__main__":
    main()
