"""Paths that are not what they should be, and names: used once, however odd they are."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from tests.bad_file import AT, HEADER, ROW
from tests.command import Command, run_process
from tests.tables import assert_sound, events, history

ROW_8 = HEADER + b"8,b" + AT


def applied(home: Path) -> dict[str, list[int]]:
    """Keys by name of file, in the order of its rows. Asserts that the home is sound."""
    with Pipeline.open(home) as pipeline:
        assert_sound(pipeline.connection)
        found: dict[str, list[int]] = {}
        for event in events(pipeline.connection):
            found.setdefault(event.place[0], []).append(event.key)
        return found


def make_loop(path: Path) -> None:
    path.symlink_to(path)


WRONG = {
    "nothing.csv": (lambda path: None, "There is no file"),
    "dangling.csv": (lambda path: path.symlink_to("nowhere.csv"), "There is no file"),
    "loop.csv": (make_loop, "There is no file"),
    "empty": (lambda path: path.mkdir(), "holds no *.csv"),
    "folder.csv": (lambda path: path.mkdir(), "holds no *.csv"),
    "names.txt": (lambda path: path.write_bytes(ROW), "no CSV file by its name"),
    "names.csv.zip": (lambda path: path.write_bytes(ROW), "no CSV file by its name"),
    "names_csv": (lambda path: path.write_bytes(ROW), "no CSV file by its name"),
    "csv": (lambda path: path.write_bytes(ROW), "no CSV file by its name"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_path_is_wrong_usage_and_nothing_is_done(command: Command, home: Path, tmp_path: Path, name: str):
    make, sentence = WRONG[name]
    make(tmp_path / name)
    (tmp_path / "good.csv").write_bytes(ROW)
    ended = command("ingest", tmp_path / "good.csv", tmp_path / name)
    assert ended.code == 2
    assert sentence in ended.err
    assert str(tmp_path / name) in ended.err
    assert len(ended.err.splitlines()) == 1
    assert applied(home) == {}


def test_a_name_that_is_no_text_is_wrong_usage(command: Command, home: Path, tmp_path: Path):
    name = os.fsdecode(b"M\xfcller.csv")
    (tmp_path / name).write_bytes(ROW)
    ended = command("ingest", tmp_path / name)
    assert ended.code == 2
    assert "rename the file" in ended.err
    assert applied(home) == {}


def test_a_folder_stands_for_its_csv_files_by_name(command: Command, home: Path, tmp_path: Path):
    folder = tmp_path / "folder.csv"
    (folder / "below.csv").mkdir(parents=True)
    for name in ("2.csv", "10.csv", ".hidden.csv", "notes.txt", "below.csv/x.csv"):
        (folder / name).write_bytes(ROW)
    assert command("ingest", folder).code == 0
    assert applied(home) == {"10.csv": [7], "2.csv": [7]}


ODD_NAMES = [
    "a b.csv", " .csv", "ünï çødé 東京.csv", "it's.csv", 'say "hi".csv', "-.csv", "--each.csv", "a,b.csv", "a;b.csv",
    "100%.csv", "%s.csv", "[ab]*?.csv", "*.csv", "?.csv", "[a].csv", "{x}.csv", "$HOME.csv", "`x`.csv", "a\\b.csv",
    "a\tb.csv", "x.csv.csv", "x.csv.gz.csv", "UPPER.CSV", "landing.csv", "NULL.csv", "e\u0301.csv",
    "\u00e9.csv", "\U0001f469\u200d\U0001f4bb.csv", "x" * 251 + ".csv",
]  # fmt: skip
ODD_HOMES = [
    "a b", "it's", 'say "hi"', "ünï", "100%", "$HOME", "~", "a;b", "-", ":memory:", "md:x",
]  # fmt: skip


def test_odd_names_land_under_their_own(command: Command, home: Path, tmp_path: Path):
    for name in ODD_NAMES:
        (tmp_path / name).write_bytes(ROW)
    ended = command("ingest", *(tmp_path / name for name in ODD_NAMES))
    assert ended.code == 0, ended.err
    assert applied(home) == {name: [7] for name in ODD_NAMES}
    assert sorted(path.name for path in Home(home).landing.iterdir()) == sorted(ODD_NAMES)
    with Pipeline.open(home) as pipeline:
        assert [version.place[0] for version in history(pipeline.connection)] == [max(ODD_NAMES)]


@pytest.mark.parametrize("name", ["[ab]*?", "*", "[x]", "x?"])
def test_a_home_whose_name_would_be_a_pattern_is_refused(command: Command, tmp_path: Path, name: str):
    (tmp_path / "a.csv").write_bytes(ROW)
    ended = command("ingest", tmp_path / "a.csv", "--home", tmp_path / name)
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (2, "", 1)
    assert "--home" in ended.err
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ODD_HOMES)
def test_a_home_may_have_any_name(
    new_home: Callable[[Path], Path], command: Command, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    # What the name would match if it were a pattern.
    for decoy in ("ab", "x"):
        new_home(tmp_path / decoy)
        (Home(tmp_path / decoy).landing / "a.csv").write_bytes(ROW_8)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_bytes(ROW)
    new_home(Path(name))
    assert command("ingest", "a.csv", f"--home={name}").code == 0
    assert applied(tmp_path / name) == {"a.csv": [7]}


def test_a_name_with_the_same_content_is_skipped_and_said_so(command: Command, home: Path, tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_bytes(ROW)
    assert command("ingest", file, file).code == 0
    ended = command("ingest", file)
    assert ended.code == 0
    assert "skipped" in ended.err
    assert "a.csv" in ended.err
    assert applied(home) == {"a.csv": [7]}


def test_a_name_with_other_content_is_refused_and_the_files_beside_it_are_applied(
    command: Command, home: Path, tmp_path: Path
):
    file, other = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_bytes(ROW)
    assert command("ingest", file).code == 0
    file.write_bytes(ROW_8)
    other.write_bytes(ROW_8)
    ended = command("ingest", file, other)
    assert ended.code == 1
    assert f"{file}: another file of this name landed before" in ended.err
    assert applied(home) == {"a.csv": [7], "b.csv": [8]}
    assert (Home(home).landing / "a.csv").read_bytes() == ROW


def test_a_name_stays_taken_when_its_file_is_gone(command: Command, home: Path, tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_bytes(ROW)
    assert command("ingest", file).code == 0
    (Home(home).landing / "a.csv").unlink()
    file.write_bytes(ROW_8)
    ended = command("ingest", file)
    assert ended.code == 1
    assert "land it under another name" in ended.err
    assert applied(home) == {"a.csv": [7]}


def test_one_name_in_two_folders(command: Command, home: Path, tmp_path: Path):
    for folder, content in (("one", ROW), ("other", ROW_8), ("same", ROW)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_bytes(content)
    ended = command("ingest", tmp_path / "one", tmp_path / "other" / "a.csv", tmp_path / "same")
    assert ended.code == 1
    assert f"{tmp_path / 'other' / 'a.csv'}: another file of this name landed before" in ended.err
    assert applied(home) == {"a.csv": [7]}


def test_a_link_lands_as_what_it_links_to(command: Command, home: Path, tmp_path: Path):
    (tmp_path / "elsewhere.dat").write_bytes(ROW)
    (tmp_path / "a.csv").symlink_to("elsewhere.dat")
    assert command("ingest", tmp_path / "a.csv").code == 0
    (tmp_path / "elsewhere.dat").unlink()
    landed = Home(home).landing / "a.csv"
    assert not landed.is_symlink()
    assert landed.read_bytes() == ROW
    assert applied(home) == {"a.csv": [7]}


def test_what_is_dropped_into_the_landing_folder_is_taken_with_the_next_command(
    command: Command, home: Path, tmp_path: Path
):
    landing = Home(home).landing
    (landing / "dropped.csv").write_bytes(ROW)
    (landing / "linked.csv").symlink_to("dropped.csv")
    (landing / "day=1").mkdir()
    (landing / "day=1" / "below.csv").write_bytes(ROW_8)
    (landing / "folder.csv").mkdir()
    for name in (".part.csv", "notes.txt"):
        (landing / name).write_bytes(ROW)
    file = tmp_path / "given.csv"
    file.write_bytes(ROW_8)
    assert command("ingest", file).code == 0
    assert applied(home) == {"dropped.csv": [7], "linked.csv": [7], "day=1/below.csv": [8], "given.csv": [8]}


def test_a_file_in_the_landing_folder_may_be_given(command: Command, home: Path):
    file = Home(home).landing / "a.csv"
    file.write_bytes(ROW)
    assert command("ingest", file).code == 0
    assert command("ingest", Home(home).landing).code == 0
    assert applied(home) == {"a.csv": [7]}


def test_a_landed_file_that_is_overwritten_stays_as_it_was_loaded(command: Command, home: Path, tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_bytes(ROW)
    assert command("ingest", file).code == 0
    (Home(home).landing / "a.csv").write_bytes(ROW_8)
    (tmp_path / "b.csv").write_bytes(ROW_8)
    assert command("ingest", tmp_path / "b.csv").code == 0
    assert applied(home) == {"a.csv": [7], "b.csv": [8]}


def test_a_pipe_is_no_file(home: Path, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "good.csv").write_bytes(ROW)
    ended = run_process("ingest", tmp_path / "good.csv", tmp_path / "pipe.csv", "--home", home)
    assert ended.code in (1, 2)
    assert "pipe.csv" in ended.err
    assert len(ended.err.splitlines()) == 1
