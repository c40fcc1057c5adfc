"""`make run` on machines of several kinds, with a python3 that only pretends to install."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Stands for python3: makes an environment of itself, is the program in it, notes what it is asked, fails on request.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> asked
case "$*" in
    *" venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *" --editable "*) cp "$0" .venv/bin/customertrack ;;
    *" pip install "*) [ ! -e no-network ] ;;
    --version) echo "Python 3.9.2" ;;
    *version_info*) [ ! -e too-old ] ;;
    *ensurepip*) [ ! -e no-venv ] ;;
    run*) echo "customertrack $*" ;;
esac
"""


class Checkout:
    """The Makefile and what it looks at, in a folder of its own whose python3 is FAKE_PYTHON."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "requirements").mkdir()
        for path in [ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements/*.txt")]:
            (folder / path.relative_to(ROOT)).write_bytes(path.read_bytes())
        (folder / "python3").write_text(FAKE_PYTHON)
        (folder / "python3").chmod(0o755)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Nothing of the make that runs the tests: it would hand its own ARGS on.
        environment = {"PATH": os.environ["PATH"], "PYTHON": "./python3"}
        command = ["make", *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def installs(self) -> int:
        return (self.folder / "asked").read_text().count("pip install")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "a checkout"
    folder.mkdir()
    return Checkout(folder)


def test_bare_make_explains_every_target(checkout: Checkout) -> None:
    explained = set(re.findall(r"^  make ([\w-]+) +\S", checkout.make().stdout, flags=re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", "")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert phony
    assert explained == {target for target in phony[1].split() if not target.startswith("check-")}


def test_whoever_starts_the_rehearsal_has_set_up_what_it_runs() -> None:
    # tests/emulator runs the CLI of CDK, the functions' wheels and the emulator, each from its own folder.
    makefile = (ROOT / "Makefile").read_text()
    for target in ("test", "rehearse"):
        needs = re.search(rf"^{target}: ([^#]*) ##", makefile, flags=re.MULTILINE)
        assert needs
        assert {"node_modules/.made", ".wheels/lambda/.made", ".venv-emulator/.made"} <= set(needs[1].split())


def test_make_run_sets_up_once_and_passes_its_arguments_on(checkout: Checkout) -> None:
    first = checkout.make("run", "ARGS=--batches 5")
    assert (first.returncode, first.stdout) == (0, "customertrack run --batches 5\n")
    installs = checkout.installs()
    assert installs > 0
    assert checkout.make("run").stdout == "customertrack run\n"
    assert checkout.installs() == installs
    os.utime(checkout.folder / "requirements/local.txt")
    assert checkout.make("run").returncode == 0
    assert checkout.installs() > installs


def test_a_set_up_that_broke_off_is_said_and_done_again(checkout: Checkout) -> None:
    broken = checkout.folder / "no-network"
    broken.touch()
    failed = checkout.make("run")
    assert failed.returncode == 2
    assert "type the same command again" in failed.stderr
    broken.unlink()
    assert checkout.make("run").stdout == "customertrack run\n"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("too-old", "needs Python 3.11 or newer, and ./python3 is Python 3.9.2; name another, for example"),
        ("no-venv", "./python3 has no venv module; install it"),
    ],
)
def test_an_unfit_python_is_named_with_the_next_step(checkout: Checkout, fault: str, sentence: str) -> None:
    (checkout.folder / fault).touch()
    refused = checkout.make("run")
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert not (checkout.folder / ".venv").exists()
