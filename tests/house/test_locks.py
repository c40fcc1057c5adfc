"""requirements/*.txt pin what requirements/*.in ask for: all of it, nothing else, by hash, and the same everywhere."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
LOCKS = sorted(path.stem for path in REQUIREMENTS.glob("*.in"))


def asked_for(lock: str) -> dict[str, Requirement]:
    lines = (REQUIREMENTS / f"{lock}.in").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {canonicalize_name(each.name): each for each in wanted}


def entries(lock: str) -> dict[str, list[tuple[Requirement, str]]]:
    """By name, what the lock says of it: once as a rule, several times if the version depends on the Python."""
    text = (REQUIREMENTS / f"{lock}.txt").read_text()
    found: dict[str, list[tuple[Requirement, str]]] = {}
    for entry in re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]:
        pin = Requirement(entry.partition("\n")[0].rstrip(" \\"))
        found.setdefault(canonicalize_name(pin.name), []).append((pin, entry))
    return found


def pins(lock: str) -> dict[str, set[str]]:
    return {name: {str(pin.specifier) for pin, _ in found} for name, found in entries(lock).items()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_all_that_is_asked_for_by_hash(lock: str) -> None:
    locked = entries(lock)
    for name, wanted in asked_for(lock).items():
        assert name in locked, f"{name} is asked for and not locked: make lock"
        for pin, _ in locked[name]:
            version = next(iter(pin.specifier)).version
            assert wanted.specifier.contains(version, prereleases=True), f"{pin} is not what is asked for: make lock"
    for pin, entry in (each for found in locked.values() for each in found):
        assert [each.operator for each in pin.specifier] == ["=="]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_nothing_that_is_no_longer_asked_for(lock: str) -> None:
    by_name = re.compile(rf"-r requirements/{lock}\.in\b")
    claimed = {name for name, found in entries(lock).items() if any(by_name.search(entry) for _, entry in found)}
    assert claimed == set(asked_for(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_agrees_with_the_locks_it_builds_on(lock: str) -> None:
    text = (REQUIREMENTS / f"{lock}.in").read_text()
    ours = pins(lock)
    for other in re.findall(r"^-[cr] (\w+)\.(?:in|txt)$", text, flags=re.MULTILINE):
        theirs = pins(other)
        differing = [name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]]
        assert differing == [], f"{lock} and {other} differ: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert "http" not in (REQUIREMENTS / f"{lock}.txt").read_text()
