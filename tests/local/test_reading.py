"""A home is read whoever has it open, as far as it is that of this version, and a question is answered whole."""

import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from customertrack.console.on_one_machine import OneMachine
from customertrack.dimension import rendered
from customertrack.dimension.project import Project
from customertrack.errors import UserError
from customertrack.local.changed import ChangedError, Watched
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from customertrack.local.reader import Reader
from customertrack.reads.results import Parts, query, read
from customertrack.reads.status import counts
from snowglobe import errors
from tests.cli.test_dimensions import ProjectProgram
from tests.dimension.definitions import THING

ROWS = "customer_id,first_name,updated_at\n1,Ada,2026-01-01\n2,Bob,2026-01-01\n3,,2026-01-01\n"
ENDED = "UPDATE migrations.change_history SET CHECKSUM = 'old' WHERE SCRIPT LIKE '{}/%'"


@pytest.fixture
def filled(home: Path, tmp_path: Path) -> Home:
    """A closed home with three customers."""
    (tmp_path / "a.csv").write_text(ROWS)
    with Pipeline.open(home) as pipeline:
        pipeline.ingest([tmp_path / "a.csv"])
    return Home(home, patience=0.1)


def customers(pipeline: Pipeline) -> int:
    return counts(pipeline.connection).customers


def opened(home: Home) -> Reader:
    return Reader(lambda: Pipeline.open_to_read(home))


def test_reading_beside_one_that_writes_and_alone(filled: Home):
    with filled.open_to_read().connection as connection:
        assert connection.answered_by is None
        assert counts(connection).customers == 3
    with Pipeline.open(filled) as writer, filled.open_to_read().connection as connection:
        assert connection.answered_by == os.getpid()
        assert counts(connection) == writer.counts()
        assert connection.names_taken("customer_s3_pipe") == writer.connection.names_taken("customer_s3_pipe")
        with pytest.raises(errors.OperationalError, match="open for reading only"):
            query(connection, "DELETE FROM customer")


def test_alone_it_reads_and_lets_others_read(filled: Home):
    with filled.open_to_read().connection as one, filled.open_to_read().connection as other:
        assert counts(one) == counts(other)
        with pytest.raises(UserError, match="Another process has"):
            filled.connect()


def test_half_a_refresh_is_not_seen(filled: Home, tmp_path: Path):
    (tmp_path / "b.csv").write_text(ROWS.replace("1,Ada", "4,Eve"))
    with Pipeline.open(filled) as writer, filled.open_to_read().connection as connection:
        before = counts(connection)
        writer.ingest([tmp_path / "b.csv"])
        assert counts(connection) == before
        assert writer.counts().customers == before.customers + 1
        with filled.open_to_read().connection as later:
            assert counts(later) == writer.counts()


def test_what_is_left_to_do_is_done_by_who_reads_alone(filled: Home):
    with filled.connect() as connection:
        query(connection, ENDED.format("customer"))
    with filled.open_to_read().connection as connection:
        assert query(connection, "SELECT COUNT(*) FROM migrations.change_history WHERE CHECKSUM = 'old'").rows != [(0,)]
        assert counts(connection).customers == 3
        last = "SELECT CHECKSUM FROM migrations.change_history ORDER BY INSTALLED_ON DESC LIMIT 1"
        assert query(connection, last).rows != [("old",)]
    with filled.connect_to_read() as connection:
        assert not filled._behind(connection)


def test_the_log_of_a_killed_command_is_taken_in(filled: Home, tmp_path: Path):
    copied = tmp_path / "killed"
    with Pipeline.open(filled) as writer:
        query(writer.connection, "DELETE FROM customer_batch")
        shutil.copytree(filled.folder, copied, ignore=lambda folder, names: ["warehouse.socket"])
    killed = replace(filled, folder=copied)
    assert killed._log.exists()
    with killed.open_to_read().connection as connection:
        assert not killed._log.exists()
        assert counts(connection).customers == 3


def test_one_of_another_version_that_is_open(filled: Home):
    with Pipeline.open(filled) as writer:
        query(writer.connection, "DELETE FROM migrations.change_history")
        with pytest.raises(UserError, match=rf"not those of this version, and process {os.getpid()} has") as raised:
            filled.open_to_read()
        assert "Wait until it has ended" in str(raised.value)


def test_a_dimension_that_the_writer_does_not_know_holds_up_no_other(filled: Home):
    with Pipeline.open(filled) as writer:
        filled.take_up(["product"])
        with Pipeline.open_to_read(filled) as reader:
            assert list(reader.broken) == ["product"]
            assert reader.counts() == writer.counts()
            with pytest.raises(UserError, match="not those of this version"):
                _ = reader.of("product").dimension
    with Pipeline.open_to_read(filled) as reader:
        assert reader.broken == {}
        assert reader.of("product").counts().landed == 0


def test_one_that_is_being_opened_is_waited_for(filled: Home):
    heard: list[str] = []
    with filled.connect(), pytest.raises(UserError, match="Another process has"):
        replace(filled, tell=heard.append).open_to_read()
    patient = replace(filled, patience=60)
    busy = patient.connect()
    threading.Timer(0.2, busy.close).start()
    with patient.open_to_read().connection as connection:
        assert counts(connection).customers == 3


def test_who_is_waited_for_is_told(filled: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("snowglobe.lock._UNTOLD", 0)
    heard: list[str] = []
    with filled.open_to_read().connection, pytest.raises(UserError, match="Another process has"):
        replace(filled, tell=heard.append).connect()
    assert heard == [f"waiting for process {os.getpid()}, which has the home {filled.folder} open"]


def test_a_question_is_put_again_when_the_writer_ends(filled: Home):
    writer = Pipeline.open(filled)
    asked: list[int | None] = []

    def question(pipeline: Pipeline) -> int:
        asked.append(pipeline.connection.answered_by)
        writer.close()
        return customers(pipeline)

    with opened(filled) as reader:
        assert reader.ask(question) == 3
        # It goes on with the connection that it has.
        assert reader.ask(question) == 3
    assert asked == [os.getpid(), None, None]


def test_a_question_that_is_never_answered_whole(filled: Home):
    def lost(pipeline: Pipeline) -> int:
        raise errors.ConnectionLost("gone")

    with opened(filled) as reader, pytest.raises(UserError, match="20 times before this was answered"):
        reader.ask(lost)


def test_a_long_answer_is_begun_again_and_not_gone_on_with(filled: Home):
    writer = Pipeline.open(filled)
    script = "migrations.change_history"
    many = f"SELECT REPEAT(a.script, 5) FROM {script} a, {script} b, {script} c, {script} d LIMIT 30000"

    def rows(pipeline: Pipeline) -> Parts:
        return read(pipeline.connection, many)

    with opened(filled) as reader:
        found = reader.ask_in_parts(rows)
        first = next(found.parts)
        writer.close()
        with pytest.raises(UserError, match=r"The answer is not whole: the process .* Give the command again"):
            list(found.parts)
        assert len(first) == 1000
        assert sum(map(len, reader.ask_in_parts(rows).parts)) == 30_000


def test_an_empty_answer_has_no_part(filled: Home):
    with opened(filled) as reader:
        found = reader.ask_in_parts(
            lambda pipeline: read(pipeline.connection, "SELECT customer_id FROM customer LIMIT 0")
        )
        assert (found.columns, list(found.parts)) == (("customer_id",), [])


@pytest.fixture
def of_thing(tmp_path: Path) -> Home:
    """A closed home of a project with two dimensions, in which a row of each has landed."""
    made = ProjectProgram(tmp_path / "project")
    for name in ("thing", "other"):
        made.define(name, THING.replace('"thing"', f'"{name}"'))
    made.done("dimension", "render")
    for name in ("thing", "other"):
        (tmp_path / f"{name}.csv").write_text("thing_id,region,name,changed_at\n1,DE,Chair,2026-01-01\n")
        made.done("ingest", "--dimension", name, tmp_path / f"{name}.csv")
    return Home(made.program.home, project=Project(made.folder), patience=0.1)


def test_sql_that_is_half_written_is_not_migrated_by_and_holds_up_no_other(of_thing: Home):
    folder = of_thing.project.sql / "thing"
    text = (folder / "R__40_history.sql").read_text()
    (folder / "R__40_history.sql").write_text(text[: len(text) // 2])
    other = of_thing.project.sql / "other/R__70_watch_grants.sql"
    other.write_text(f"{other.read_text()}\n")
    with Pipeline.open_to_read(of_thing) as reader:
        assert list(reader.broken) == ["other", "thing"]
        with pytest.raises(UserError, match=r"is not as its definition makes it; write it with: .* render thing"):
            _ = reader.of("thing").dimension
        # Nothing of it was applied: what is there is whole.
        assert query(reader.connection, "SELECT name FROM thing_history").rows == [("Chair",)]
    (folder / "R__40_history.sql").write_text(text)
    rendered.write(of_thing.project, "other")
    with Pipeline.open_to_read(of_thing) as reader:
        assert reader.broken == {}
        assert reader.of("thing").counts() == reader.of("other").counts()


def test_a_question_that_fails_as_the_definition_is_another_by_now_says_so(of_thing: Home):
    def changed(pipeline: Pipeline) -> int:
        of_thing.project.file("thing").write_text(THING.replace('"text(100)"', '"text(200)"'))
        raise KeyError("name")

    asked = Watched(of_thing.project, ["thing", "other"])
    reader = Reader(lambda: Pipeline.open_to_read(of_thing), asked.explain)
    with reader, pytest.raises(ChangedError, match="definition of thing, or its SQL, has changed"):
        reader.ask(changed)
    with pytest.raises(UserError, match="write it with: customertrack dimension render thing"):
        Watched(of_thing.project, ["thing", "other"]).explain()
    rendered.write(of_thing.project, "thing")
    with pytest.raises(ChangedError, match="Ask again"):
        asked.explain()
    Watched(of_thing.project, ["thing", "other"]).explain()


DIGITS = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
TOO_MUCH = f"SELECT LENGTH(LISTAGG(REPEAT('x', 40000), ',')) FROM {', '.join(f'{DIGITS} AS {x} (d)' for x in 'abcd')}"


def test_what_needs_more_memory_says_whose_limit_to_raise(filled: Home):
    small = replace(filled, memory_limit=128 << 20)

    def answer() -> None:
        with opened(small) as reader:
            reader.ask(lambda pipeline: query(pipeline.connection, TOO_MUCH))

    with pytest.raises(UserError, match=r"^The memory limit is reached: .*; raise it with --memory-limit\.$"):
        answer()
    its = rf"; raise it with --memory-limit for process {os.getpid()}, which has the home open and answers\.$"
    with Pipeline.open(small), pytest.raises(UserError, match=its):
        answer()
    # The console's.
    with OneMachine(small, "").reading("customer") as connection:
        assert counts(connection).customers == 3
    with pytest.raises(UserError, match="--memory-limit"), OneMachine(small, "").reading("customer") as connection:
        query(connection, TOO_MUCH)
