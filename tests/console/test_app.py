"""The shell: which dimension is looked at, and what is said when there is nothing to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from customertrack.console.on_one_machine import OneMachine
from customertrack.console.source import AskAgainError, Source
from customertrack.console.widgets import plain
from customertrack.dimension import rendered
from customertrack.dimension.definition import Definition
from customertrack.dimension.project import Project
from customertrack.local.home import Home
from customertrack.local.pipeline import Pipeline
from customertrack.warehouse import Connection
from tests.cli.test_dimensions import ROWS, ProjectProgram
from tests.console.looked_at import Looked, figures, look, run
from tests.dimension.definitions import THING
from tests.dimension.snapshot_files import STOCK, snapshot
from tests.dimension.warehouse import Dimension, dimension

COMMAND = "customertrack --home here"


@pytest.fixture(scope="module")
def stock() -> Iterator[Dimension]:
    with dimension(STOCK) as made:
        made.land([snapshot("2026-01-01", "a,x,1", "b,y,1")])
        yield made


def test_without_a_dimension_in_the_address_the_first_is_shown_and_written_there(stock: Dimension):
    app = look(Looked({"stock": stock}), "overview")
    assert app.query_params["dimension"] == "stock"
    assert app.selectbox[0].value == "stock"
    assert app.title[0].value == "Overview"
    assert figures(app)["Keys"] == "2"


def test_another_dimension_empties_the_rest_of_the_address(stock: Dimension):
    app = look(Looked({"stock": stock, "other": stock}), "overview", dimension="stock", key="a")
    app.selectbox[0].select("other")
    run(app)
    assert app.query_params == {"dimension": "other"}


def test_a_dimension_that_is_not_there_is_said_and_another_is_shown(stock: Dimension):
    app = look(Looked({"stock": stock}), "overview", dimension="<b>stok</b>")
    assert app.info[0].value == plain("There is no dimension <b>stok</b> here. There is: stock.")
    assert app.query_params["dimension"] == "stock"


def test_no_home_says_what_to_type(tmp_path: Path):
    source = OneMachine(Home(tmp_path / "nothing"), COMMAND)
    app = look(source, "overview")
    (said,) = app.info
    assert said.value == plain(
        f"There is nothing in {tmp_path / 'nothing'} yet. Begin with, or ingest files of your own:"
    )
    assert app.code[0].value == f"{COMMAND} run"
    assert not (tmp_path / "nothing").exists()


def test_a_home_in_which_nothing_has_landed_says_what_to_type(home: Path):
    app = look(OneMachine(Home(home), COMMAND), "overview")
    assert [one.value for one in app.info] == [plain("Nothing has been applied yet. Have files land:")]
    assert app.code[0].value == f"{COMMAND} ingest --dimension customer FILE"


def test_a_project_with_faults_is_told_as_it_is(home: Path, tmp_path: Path):
    (tmp_path / "dimensions").mkdir()
    (tmp_path / "dimensions/customer.toml").write_text("dimension = 7\n")
    (tmp_path / "sql/customer").mkdir(parents=True)
    app = look(OneMachine(Home(home, project=Project(tmp_path)), COMMAND), "definition", dimension="customer")
    assert len(app.error) == 1
    assert "customer" in app.error[0].value


def test_a_project_without_dimensions_is_told(home: Path, tmp_path: Path):
    app = look(OneMachine(Home(home, project=Project(tmp_path / "none")), COMMAND), "overview")
    assert plain(f"There is no folder {tmp_path / 'none' / 'dimensions'}") in app.error[0].value


class Leaving(Looked):
    """The process that has the home ends, so many times."""

    times = 0

    @contextmanager
    def reading(self, name: str) -> Iterator[Connection]:
        self.times -= 1
        if self.times >= 0:
            raise AskAgainError("Look again.")
        with super().reading(name) as connection:
            yield connection


@pytest.mark.parametrize("times", [4, 5])
def test_a_page_is_asked_again_when_the_home_changes_hands(stock: Dimension, times: int):
    source = Leaving({"stock": stock})
    source.times = times
    app = look(source, "overview")
    assert [one.value for one in app.error] == ([] if times < 5 else [plain("Look again.")])
    assert (figures(app).get("Keys") == "2") == (times < 5)
    # Whoever looks again sees it.
    assert figures(run(app))["Keys"] == "2"


@pytest.fixture
def of_thing(tmp_path: Path) -> OneMachine:
    """A home of a project of one's own, with a row."""
    made = ProjectProgram(tmp_path / "project")
    made.define("thing", THING)
    made.done("dimension", "render")
    (tmp_path / "rows.csv").write_text(ROWS)
    made.done("ingest", "--dimension", "thing", tmp_path / "rows.csv")
    return OneMachine(Home(made.program.home, project=Project(made.folder)), COMMAND)


def errors_of(source: Source, page: str) -> list[str]:
    """As a person reads them."""
    shown = look(source, page, dimension="thing", key='["1","DE"]').error
    return [one.value.replace("\u2060", "").replace("\\", "") for one in shown]


def test_a_line_of_the_landing_is_read_as_its_dimension_says(of_thing: OneMachine):
    assert of_thing.landed_line("landing/thing/rows.csv", 1) == ROWS.splitlines()[1]
    assert of_thing.landed_line("landing/thing/none.csv", 1) is None


RENAMED = THING.replace("name  =", "label =").replace('"text(100)"', '{ type = "text(100)", was = "name" }')


def test_a_definition_whose_sql_is_not_written_yet_is_told_where_it_matters(of_thing: OneMachine):
    of_thing.home.project.file("thing").write_text(RENAMED)
    assert errors_of(of_thing, "overview") == []
    for page in ("one_key", "changes"):
        (told,) = errors_of(of_thing, page)
        assert told.endswith("is not as its definition makes it; write it with: customertrack dimension render thing")
    rendered.write(of_thing.home.project, "thing")
    for page in ("one_key", "changes"):
        assert errors_of(of_thing, page) == []


def test_tables_that_another_process_has_open_and_made_of_another_definition(of_thing: OneMachine):
    with Pipeline.open(of_thing.home) as writer:
        of_thing.home.project.file("thing").write_text(RENAMED)
        rendered.write(of_thing.home.project, "thing")
        for page in ("overview", "one_key"):
            (told,) = errors_of(of_thing, page)
            assert "are not those of this version, and process" in told
        writer.close()
        assert errors_of(of_thing, "one_key") == []


class Edited(OneMachine):
    """Its definition is edited, and its SQL written, when it is asked for the time that `left` counts down to."""

    left: ClassVar[list[int]] = []

    def definition(self, name: str) -> Definition:
        before = super().definition(name)
        if self.left.pop() == 0:
            self.home.project.file(name).write_text(RENAMED)
            rendered.write(self.home.project, name)
        return super().definition(name) if self.left else before


@pytest.mark.parametrize("times", [1, 2], ids=["before the home is opened", "after that"])
def test_a_definition_that_changes_meanwhile_is_asked_by_again(
    of_thing: OneMachine, times: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Edited, "left", [*range(1, 9), 0, *range(1, times)])
    assert errors_of(Edited(of_thing.home, COMMAND), "one_key") == []
    # Asked again only if the page could not be shown: twice each time.
    assert len(Edited.left) == 8 - times
