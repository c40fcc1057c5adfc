"""The small mutations of mutations.toml: what is changed, into what, and the tests that should notice it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LIST = Path(__file__).with_name("mutations.toml")


@dataclass(frozen=True)
class Mutation:
    """`path`, from the checkout's root, with `after` in place of `before`. `tests`: words for pytest, its own room's.

    `unseen`: why nothing can show it, or "". It is then not tried: listing it keeps the reason with the text.
    """

    path: str
    before: str
    after: str
    tests: tuple[str, ...]
    unseen: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {_line(self.before)} -> {_line(self.after) or '(left out)'}"

    def applied(self, text: str) -> str:
        """The file's text with the mutation in it."""
        return text.replace(self.before, self.after)

    def occurrences(self, root: Path = ROOT) -> int:
        """How often `before` stands in the file. Once is right: else the list has to follow the code."""
        file = root / self.path
        return file.read_text(encoding="utf-8").count(self.before) if file.is_file() else 0


def mutations() -> list[Mutation]:
    """All of the list, in its order."""
    found = []
    for part in tomllib.loads(_LIST.read_text(encoding="utf-8"))["file"]:
        path, tests = part["path"], tuple(part["tests"])
        found += [Mutation(path, before, after, tests) for before, after in part.get("mutations", ())]
        found += [Mutation(path, before, after, tests, why) for before, after, why in part.get("unseen", ())]
    return found


def _line(text: str) -> str:
    return " ".join(text.split())
