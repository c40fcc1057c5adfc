"""The shell: which dimension is looked at, and what is said when there is nothing to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from customertrack.console.on_one_machine import OneMachine
from customertrack.console.source import AskAgainError
from customertrack.console.widgets import plain
from customertrack.dimension.project import Project
from customertrack.local.home import Home
from customertrack.warehouse import Connection
from tests.console.looked_at import Looked, figures, look, run
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
    def reading(self) -> Iterator[Connection]:
        self.times -= 1
        if self.times >= 0:
            raise AskAgainError("Look again.")
        with super().reading() as connection:
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
