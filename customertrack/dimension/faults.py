"""What is wrong with a definition: each fault a sentence, with its file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as File

from customertrack.dimension.places import Path, line_of


@dataclass(frozen=True, order=True)
class Fault:
    """As text: `dimensions/product.toml:7: There is no type "txt"; did you mean "text"?`."""

    file: File
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass
class Faults:
    """Those of one file, as they are found. `lines`: where its words stand."""

    file: File
    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    def add(self, path: Path, sentence: str) -> None:
        """One more, at the word or table `path`."""
        self.found.append(
            Fault(self.file, line_of(path, self.lines), sentence if sentence.endswith("?") else f"{sentence}.")
        )
