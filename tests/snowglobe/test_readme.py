"""What the package's README shows is what happens, and what it lists is what there is."""

import os
import re
import subprocess
import sys
from pathlib import Path

import snowglobe
from snowglobe.registry import KINDS
from tests.snowglobe.support import ROOT

README = (ROOT / "snowglobe" / "README.md").read_text()


def block(language: str) -> str:
    """The only block of the README in a language."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return text


def test_the_example_prints_what_it_says(tmp_path: Path):
    (tmp_path / "pipeline.sql").write_text(block("sql"))
    command = [sys.executable, "-c", block("python")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == (block("text"), "")


def test_its_table_has_every_kind_of_object():
    table = README[README.index("| object |") : README.index("| statement |")]
    assert re.findall(r"^\| `([A-Z ]+)` \|", table, re.MULTILINE) == list(KINDS)


def test_the_files_that_it_sends_to_are_there():
    named = set(re.findall(r"`((?:tests/)?(?:\w+/)*\w+\.py)`", README))
    assert {"registry.py", "query/builtins.py"} < named
    missing = [name for name in named if not any((root / name).exists() for root in (ROOT, ROOT / "snowglobe"))]
    assert missing == []


def test_the_face_is_what_it_exports():
    assert all(hasattr(snowglobe, name) for name in snowglobe.__all__)
