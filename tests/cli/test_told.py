"""What `ingest` says about files that were loaded and are not what their sender meant."""

from pathlib import Path

import pytest

from tests.cli.program import Program

HEADER = "customer_id,first_name,last_name,email,street,city,state,country,op,updated_at\n"


def row(key: object, name: str = "Ann", time: str = "2026-01-01") -> str:
    return f"{key},{name},,,,,,,U,{time}\n"


def about(err: str, name: str) -> list[str]:
    """The lines about a file, but for how many rows it has."""
    return [line for line in err.splitlines() if line.startswith(f"{name}: ") and not line.endswith((" row", " rows"))]


def ingested(program: Program, folder: Path, files: dict[str, str], *words: str) -> str:
    for name, content in files.items():
        (folder / name).write_text(content)
    return program.done("ingest", *(folder / name for name in files), *words).err


SUPERSEDED = {
    "a correction under a name that sorts before": ({"b_seed.csv": row(1)}, {"a_fix.csv": row(1, "Eve")}, "b_seed.csv"),
    "ten behind nine": ({"batch_9.csv": row(1)}, {"batch_10.csv": row(1, "Eve")}, "batch_9.csv"),
    "in one call": ({}, {"batch_10.csv": row(1, "Eve"), "batch_9.csv": row(1)}, "batch_9.csv"),
    "a delete that loses": ({"b.csv": row(1)}, {"a.csv": row(1).replace(",U,", ",D,")}, "b.csv"),
    "by the last row of a file": ({"b.csv": row(1) + row(1, "Eve")}, {"a.csv": row(1)}, "b.csv"),
    "of several the last": ({"b.csv": row(1, "Bob"), "c.csv": row(1, "Cid")}, {"a.csv": row(1, "Eve")}, "c.csv"),
}
NOT_SUPERSEDED = {
    "the same again": ({"b.csv": row(1)}, {"a.csv": row(1)}),
    "a correction that wins": ({"a.csv": row(1)}, {"b.csv": row(1, "Eve")}),
    "a late row": ({"b.csv": row(1, time="2026-01-02")}, {"a.csv": row(1, "Eve")}),
    "another key": ({"b.csv": row(1)}, {"a.csv": row(2, "Eve")}),
    "what the last one says again": ({"b.csv": row(1, "Bob"), "c.csv": row(1, "Eve")}, {"a.csv": row(1, "Eve")}),
    "what a file says last": ({"b.csv": row(1, "Bob") + row(1, "Eve")}, {"a.csv": row(1, "Eve")}),
    "two rows of one file": ({}, {"a.csv": row(1) + row(1, "Eve")}),
}


@pytest.mark.parametrize("name", SUPERSEDED)
def test_rows_that_do_not_count_are_told(program: Program, tmp_path: Path, name: str):
    before, after, winner = SUPERSEDED[name]
    for each in before:
        ingested(program, tmp_path, {each: HEADER + before[each]})
    err = ingested(program, tmp_path, {each: HEADER + content for each, content in after.items()})
    (line,) = about(err, next(iter(after)))
    assert line.partition(": ")[2].startswith(f"1 row is superseded by {winner}, whose name sorts behind")


def test_of_many_keys_some_are_looked_at_at_a_time(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each once, whatever the part it is in."""
    monkeypatch.setattr("customertrack.reads.key_parts._VALUES_PER_MEGABYTE", 1)
    late = HEADER + "".join(row(key, "Eve") for key in range(300))
    ingested(program, tmp_path, {"b.csv": HEADER + "".join(row(key) for key in range(300))})
    (line,) = about(ingested(program, tmp_path, {"a.csv": late}, "--memory-limit", "128MB"), "a.csv")
    assert line.startswith("a.csv: 300 rows are superseded by b.csv")


@pytest.mark.parametrize("name", NOT_SUPERSEDED)
def test_rows_that_count_or_say_nothing_new_are_not(program: Program, tmp_path: Path, name: str):
    before, after = NOT_SUPERSEDED[name]
    if before:
        ingested(program, tmp_path, {each: HEADER + content for each, content in before.items()})
    assert "superseded" not in ingested(program, tmp_path, {each: HEADER + content for each, content in after.items()})


def test_rows_of_commas_alone_are_told_apart(program: Program, tmp_path: Path):
    commas = "," * HEADER.count(",") + "\n"
    err = ingested(program, tmp_path, {"a.csv": HEADER + row(1) + commas * 3, "b.csv": HEADER + commas})
    assert "5 rows = 1 event + 4 rejects" in err
    assert about(err, "a.csv") == [
        "a.csv: 3 rows are empty (commas alone); each is a reject, and nothing is lost with it"
    ]
    (line,) = about(err, "b.csv")
    assert "1 row is empty" in line
    # Where columns are not known, fields that nobody looks at may be filled.
    assert "commas alone" not in ingested(program, tmp_path, {"c.csv": "id,at\n1,2026-01-01\n"})


def test_one_line_for_all_files_that_have_it(program: Program, tmp_path: Path):
    names = [f"{at}.csv" for at in range(8)]
    err = ingested(program, tmp_path, dict.fromkeys(names, "customer_id,updated_at\n1,2026-01-01\n"))
    (line,) = [line for line in err.splitlines() if "columns missing" in line]
    assert line.startswith("0.csv, 1.csv, 2.csv, 3.csv, 4.csv and 3 more: ")


STRICT = {
    "as it should be": (HEADER + row(1), 0),
    "some rejects": (HEADER + row(1) + row("x"), 0),
    "rejects alone": (HEADER + row("x"), 1),
    "a column that is not known": ("x," + HEADER + "1," + row(1), 1),
    "no line end": (HEADER + row(1).strip(), 1),
    "nothing": ("", 1),
}


@pytest.mark.parametrize("name", STRICT)
def test_strict(program: Program, tmp_path: Path, name: str):
    content, code = STRICT[name]
    for words, wanted in (([], 0), (["--strict"], code)):
        path = tmp_path / f"{len(words)}.csv"
        path.write_text(content)
        assert program("ingest", path, *words).code == wanted


def test_other_files_of_a_folder_are_named(program: Program, tmp_path: Path):
    for name in ("a.csv", "b.csv.zip", "notes.txt", ".hidden"):
        (tmp_path / name).write_text(HEADER + row(1))
    err = program.done("ingest", tmp_path).err
    assert "not taken, because their names do not end in .csv or .csv.gz: b.csv.zip, notes.txt" in err


def test_a_run_tells_it_of_files_that_others_drop(program: Program):
    landing = program.home / "landing" / "customer"
    landing.mkdir(parents=True, exist_ok=True)
    (landing / "own.csv").write_text("customer_id,frist_name,updated_at\n900001,Zoe,2026-01-01\n")
    told = program.done("run", "--batches", 1, "--customers", 10).err
    assert "own.csv: columns not known, and ignored: frist_name (nearest: first_name)" in told


def test_no_name_of_a_file_or_column_steers_the_terminal_or_begins_a_line(program: Program, tmp_path: Path):
    """Whatever is said of it: that it was loaded, was not, was before, lies there, is not one at all."""
    red = "\x1b[31m"
    contents = {
        f"good{red}.csv": HEADER + row(1),
        f"open{red}.csv": HEADER + f'2,"{row(3)}',
        f"{red}.txt": "",
        f"{red}empty.csv": "",
        "line\nend.csv": HEADER + row(4),
        "twice.csv": f"{red},{red}\n1,2\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    ran = [
        program("ingest", tmp_path),
        program("ingest", tmp_path),
        program("status"),
        program("run", "--batches", "1"),
    ]
    (program.home / f"landing/customer/good{red}.csv").write_text(HEADER + row(1, "Eve"))
    ran += [program("status"), program("verify")]
    ran += [program("ingest", tmp_path / name) for name in (*contents, f"gone{red}.csv")]
    for one in ran:
        assert not {"\x1b", "\r"} & {*one.out, *one.err}
        assert not [line for line in (one.out + one.err).splitlines() if line.startswith("end.csv")]
    assert "not taken, because their names do not end in .csv or .csv.gz: \\x1b[31m.txt, line\\nend.csv\n" in ran[0].err
    assert (
        program("ingest", tmp_path / "line\nend.csv").err
        == f"customertrack: The name of {tmp_path}/line\\nend.csv has a line end in it; rename the file.\n"
    )


def test_folders_in_a_folder_are_told(nowhere: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    for day in range(1, 7):
        Path(f"f/2026-01-0{day}").mkdir(parents=True)
        Path(f"f/2026-01-0{day}/{day}.csv").write_text(f"customer_id,updated_at\n{day},2026-01-01\n")
    Path("f/.hidden").mkdir()
    ran = nowhere("ingest", "f")
    assert (ran.code, ran.err.partition("; ")[2]) == (2, "name the files, or another folder, such as f/2026-01-01.\n")
    Path("f/a.csv").write_text("customer_id,updated_at\n7,2026-01-01\n")
    told = "not looked into, as only the folders that are named are: " + ", ".join(
        f"f/2026-01-0{n}" for n in range(1, 6)
    )
    assert f"{told} and 1 more\n" in nowhere("ingest", "f").err
    # The landing folder is looked into, as a bucket is.
    assert "looked into" not in nowhere("ingest", nowhere.home / "landing").err
