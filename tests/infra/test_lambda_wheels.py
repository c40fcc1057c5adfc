"""Which wheels the functions get: those that their Python asks for and their runtime lacks."""

from pathlib import Path

import pytest

from infra import lambda_wheels
from infra.lambda_wheels import FOLDER, LOCK, carried, fetch, wanted
from infra.package_error import PackageError

ROOT = Path(__file__).parents[2]
PINNED = """
# A comment.
boto3==1.0 \\
    --hash=sha256:00
Six==1.17.0 \\
    --hash=sha256:01
numpy==2.4 ; python_full_version < '3.12' \\
    --hash=sha256:02
numpy==2.5 ; python_full_version >= '3.12' \\
    --hash=sha256:03 \\
    --hash=sha256:04
    # via something
tzdata==2026.1 ; sys_platform == 'win32' \\
    --hash=sha256:05
cffi==2.1 ; platform_python_implementation != 'PyPy' and platform_machine == 'aarch64' \\
    --hash=sha256:06
"""


def test_markers_are_asked_of_the_functions_python():
    found = wanted(PINNED)
    assert {name: entry.split()[0] for name, entry in found.items()} == {"numpy": "numpy==2.5", "cffi": "cffi==2.1"}
    assert "--hash=sha256:03" in found["numpy"]
    assert "--hash=sha256:04" in found["numpy"]
    assert not any(";" in entry for entry in found.values())


def test_the_wheels_fetched_are_those_locked():
    locked = wanted((ROOT / LOCK).read_text())
    names = {path.name.partition("-")[0].replace("_", "-") for path in (ROOT / FOLDER).glob("*.whl")}
    assert names == set(locked)
    assert {"snowflake-connector-python", "urllib3"} < names


@pytest.mark.parametrize(
    ("name", "is_carried"),
    [
        ("requests/api.py", True),
        ("certifi/cacert.pem", True),
        ("certifi/tests/test_it.py", False),
        ("snowflake/connector/nanoarrow_cpp/nanoarrow.hpp", False),
        ("requests-2.0.dist-info/METADATA", True),
        ("requests-2.0.dist-info/licenses/LICENSE", True),
        ("requests-2.0.dist-info/RECORD", False),
        ("filelock-4.0.dist-info/sboms/filelock.cdx.json", False),
    ],
)
def test_only_what_runs_is_carried(name: str, is_carried: bool):
    assert carried(name) is is_carried


def test_a_wheel_that_does_not_exist_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # No index is asked, and this folder has no such file.
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(PackageError, match=r"for ARM64 and Python 3\.14 were not fetched, .*lock versions that have"):
        fetch({"nothing": f"nothing==1.0 \\\n    --hash=sha256:{'0' * 64}\n"}, tmp_path)


def test_a_failed_set_up_leaves_nothing_that_looks_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(lambda_wheels, "ROOT", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    (tmp_path / LOCK).parent.mkdir()
    (tmp_path / LOCK).write_text(PINNED)
    assert lambda_wheels.main() == 1
    assert capsys.readouterr().err.startswith("customertrack: ")
    assert list((tmp_path / FOLDER).iterdir()) == []
