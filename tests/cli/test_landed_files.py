"""Landed files that are not what was loaded of them: each command that looks tells it, until someone decides."""

import gzip
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from customertrack.local.decisions import Decisions
from tests.cli.landed import HEADER, MORE, ROWS, differing, drop, names
from tests.cli.program import Program


def replaced(path: Path, content: str) -> None:
    new = path.with_name(".new")
    new.write_text(content)
    new.rename(path)


def put_back_in_time(path: Path) -> None:
    """Same length, same times: only the content is another."""
    before = path.stat()
    path.write_text(ROWS.replace("Bob", "Rob"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "grown": lambda path: path.write_text(ROWS + MORE),
    "grown in the middle of a row": lambda path: path.write_text(ROWS + MORE[:5]),
    "shrunk": lambda path: path.write_text(HEADER),
    "emptied": lambda path: path.write_text(""),
    "edited in place": lambda path: path.write_text(ROWS.replace("Bob", "Rob")),
    "edited, with its time put back": put_back_in_time,
    "replaced": lambda path: replaced(path, ROWS.replace("Ann", "Eve")),
    "packed": lambda path: path.write_bytes(gzip.compress(ROWS.encode())),
    "replaced by a link": lambda path: (path.rename(path.with_name(".old")), path.symlink_to(__file__)),
}
NO_CHANGES: dict[str, Callable[[Path], object]] = {
    "touched": lambda path: path.touch(),
    "written again": lambda path: path.write_text(ROWS),
    "replaced by the same": lambda path: replaced(path, ROWS),
    "other permissions": lambda path: path.chmod(0o600),
    "gone": lambda path: path.unlink(),
    "another content that was loaded": lambda path: path.write_text(HEADER + "9,Zoe,2026-01-01\n"),
}


def one_for_each(program: Program, landing: Path, changes: Iterable[str]) -> dict[str, Path]:
    """A file for each change, loaded."""
    files = {change: landing / f"{at}.csv" for at, change in enumerate(changes)}
    for path in files.values():
        drop(path, ROWS)
    program.done("ingest", landing)
    return files


def test_each_change_is_told_until_it_is_kept(program: Program, landing: Path):
    files = one_for_each(program, landing, CHANGES)
    names = [path.name for path in files.values()]
    for change, path in files.items():
        CHANGES[change](path)
    told = program.done("status").out
    assert [change for change, path in files.items() if f"{path.name}: it has " not in told] == []
    assert differing(program) == names
    program.done("resolve", *names, "--keep")
    assert ": it has " not in program.done("status").out
    for path in files.values():
        path.unlink()
        path.write_text(ROWS + MORE + MORE)
    assert differing(program) == names


def test_every_command_tells_it(program: Program, landed: Path, tmp_path: Path):
    put_back_in_time(landed)
    other = tmp_path / "other.csv"
    other.write_text(HEADER + "9,Zoe,2026-01-01\n")
    for words in (["ingest", other], ["status"], ["run", "--batches", 1, "--customers", 10], ["ingest", other]):
        ran = program.done(*words)
        assert any("x.csv: it has " in line for line in (ran.out + ran.err).splitlines()), words
    for words in (["verify"], ["ingest", landed]):
        ran = program(*words)
        assert ran.code == 1
        assert "x.csv: it has " in ran.out + ran.err
    program.done("resolve", "x.csv", "--keep")
    for words in (["ingest", other], ["status"], ["verify"], ["ingest", landed]):
        ran = program.done(*words)
        assert "x.csv: it has " not in ran.out + ran.err, words


def test_no_change_is_none(program: Program, landing: Path):
    drop(landing / "z.csv", HEADER + "9,Zoe,2026-01-01\n")
    files = one_for_each(program, landing, NO_CHANGES)
    for change, path in files.items():
        NO_CHANGES[change](path)
    assert differing(program) == []
    assert "none has changed since it was loaded" in program.done("verify").out
    told = program.done("ingest", landing / "z.csv").err
    assert [change for change, path in files.items() if f"{path.name}: " in told] == []


def test_what_it_holds_now_is_loaded_behind_the_old_name(program: Program, landed: Path):
    landed.write_text(ROWS.replace("Bob", "Rob") + MORE)
    assert "x.csv.0002.csv: 3 rows" in program.done("resolve", "x.csv", "--load").err
    assert names(program) == ["Ann", "Rob", "Cid"]
    assert differing(program) == []
    for words in (["resolve", "x.csv", "--load"], ["resolve", "--all", "--load"], ["ingest", landed.parent]):
        program.done(*words)
    assert names(program) == ["Ann", "Rob", "Cid"]
    # Of one time: the newest content counts, also the third.
    landed.write_text(ROWS.replace("Bob", "Tom") + MORE)
    program.done("resolve", landed, "--load")
    assert names(program) == ["Ann", "Tom", "Cid"]
    assert {path.name for path in landed.parent.iterdir()} == {"x.csv", "x.csv.0002.csv", "x.csv.0003.csv"}
    program.done("verify")


def test_all_at_once_and_below_folders_and_packed(program: Program, landing: Path):
    for name in ("a.csv", "b.csv.gz", "C.CSV", "sub/a.csv"):
        drop(landing / name, gzip.compress(ROWS.encode()) if name.endswith("gz") else ROWS)
    program.done("ingest", landing / "a.csv")
    for at, name in enumerate(("a.csv", "b.csv.gz", "C.CSV", "sub/a.csv")):
        content = f"{ROWS}{at + 10},New{at},2026-01-01\n"
        (landing / name).write_bytes(gzip.compress(content.encode()) if name.endswith("gz") else content.encode())
    assert differing(program) == ["C.CSV", "a.csv", "b.csv.gz", "sub/a.csv"]
    program.done("resolve", "--all", "--load")
    assert differing(program) == []
    assert names(program) == ["Ann", "Bob", "New0", "New1", "New2", "New3"]
    assert (landing / "sub/a.csv.0002.csv").exists()


def test_a_file_that_could_not_be_loaded_and_was_corrected_in_place(program: Program, landing: Path):
    drop(landing / "x.csv", HEADER + '1,"Ann,2026-01-01\n')
    assert program("ingest", landing).code == 1
    assert differing(program) == []
    (landing / "x.csv").write_text(ROWS)
    assert differing(program) == ["x.csv"]
    program.done("resolve", "x.csv", "--load")
    assert names(program) == ["Ann", "Bob"]
    assert differing(program) == []


FAILING = {
    "not CSV": (HEADER + '1,"Ann,2026-01-01\n', "could not be loaded, because line 2"),
    "nothing": ("", "it is empty, so there is nothing to load"),
    "a header": (HEADER, "one line alone"),
    "packed": ("PK\x03\x04 and more", "it is compressed (zip)"),
}


@pytest.mark.parametrize("content", FAILING)
def test_what_cannot_be_loaded_differs_until_it_is_kept(program: Program, landed: Path, content: str):
    landed.write_text(FAILING[content][0])
    for _ in range(2):
        ran = program("resolve", "x.csv", "--load")
        assert ran.code == 1
        assert FAILING[content][1] in ran.err
        assert differing(program) == ["x.csv"]
    assert len(list(landed.parent.iterdir())) <= 2
    program.done("resolve", "x.csv", "--keep")
    assert differing(program) == []
    assert names(program) == ["Ann", "Bob"]


def test_a_name_that_was_not_loaded_is_no_decision(program: Program, landed: Path):
    ran = program("resolve", "y.csv", "--load")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "y.csv: no file of this name was loaded" in ran.err


@pytest.mark.parametrize("words", [["x.csv"], ["--load"], ["x.csv", "--all", "--keep"], ["x.csv", "--keep", "--load"]])
def test_a_decision_names_the_files_and_is_one(program: Program, landed: Path, words: list[str]):
    ran = program("resolve", *words)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)


@pytest.mark.parametrize("at", ["copied", "loaded", "kept"])
def test_a_decision_that_is_killed_can_be_given_again(
    program: Program, landed: Path, monkeypatch: pytest.MonkeyPatch, at: str
):
    landed.write_text(ROWS + MORE)

    class KilledError(BaseException):
        pass

    def killed(*words: object) -> None:
        raise KilledError

    if at == "copied":
        monkeypatch.setattr("customertrack.local.pipeline.Pipeline.load_landed", killed)
    elif at == "loaded":
        monkeypatch.setattr("customertrack.local.pipeline.Pipeline.refresh", killed)
    else:
        monkeypatch.setattr(Decisions, "_write", killed)
    decision = "--keep" if at == "kept" else "--load"
    with pytest.raises(KilledError):
        program("resolve", "x.csv", decision)
    monkeypatch.undo()
    assert differing(program) == ([] if at == "loaded" else ["x.csv"])
    program.done("resolve", "x.csv", decision)
    program.done("ingest", landed)
    assert differing(program) == []
    assert names(program) == (["Ann", "Bob"] if at == "kept" else ["Ann", "Bob", "Cid"])
    assert len(list(landed.parent.glob("[!.]*"))) == (1 if at == "kept" else 2)
    program.done("verify")


def test_given_again_it_is_compared_with_what_was_loaded(program: Program, landed: Path, tmp_path: Path):
    same, other = tmp_path / "x.csv", tmp_path / "other" / "x.csv"
    same.write_text(ROWS)
    other.parent.mkdir()
    other.write_text(ROWS + MORE)
    landed.write_text(ROWS + MORE)
    # What lies in the landing folder now was never loaded.
    refused = program("ingest", other)
    assert refused.code == 1
    assert "another name" in refused.err
    assert "resolve x.csv --load" in refused.err
    assert "the same file landed before" in program.done("ingest", same).err
    landed.unlink()
    assert "the same file landed before" in program.done("ingest", same).err
    assert program("ingest", other).code == 1


def test_a_memory_that_cannot_be_read_is_told(program: Program, landed: Path):
    landed.write_text(ROWS + MORE)
    for content in ("{", "[]", '{"landing/customer/x.csv": {"colour": 1}}', '{"landing/customer/x.csv": 1}'):
        (program.home / "landing.json").write_text(content)
        ran = program("status")
        assert (ran.code, len(ran.err.splitlines())) == (1, 1), content
        assert "landing.json" in ran.err


def test_many_are_told_in_a_few_lines(program: Program, landing: Path):
    for at in range(25):
        drop(landing / f"{at:02}.csv", ROWS)
    program.done("ingest", landing)
    for at in range(25):
        (landing / f"{at:02}.csv").write_text(f"{ROWS}{at + 10},New,2026-01-01\n")
    told = program("ingest", landing).err
    assert told.count(": it has grown") == 10
    assert "and 15 files more that differ" in told
    assert len(differing(program)) == 25


def test_a_waiting_run_tells_it_once(program: Program, landed: Path):
    landed.write_text(ROWS + MORE)
    told = program.done("run", "--batches", 3, "--customers", 10).err
    assert told.count("x.csv: it has grown") == 1


def test_the_line_names_the_command(program: Program, landed: Path):
    landed.write_text(ROWS + MORE)
    (line,) = [line for line in program("ingest", landed).err.splitlines() if line.startswith("x.csv: ")]
    assert f"--home {program.home} resolve x.csv --load (or --keep)" in line
