"""The questions can be asked: the embedded warehouse gives both answers, and each is understood."""

from pathlib import Path

import pytest

from snowglobe import Connection, FolderBucket, OpenQuestion, connect
from tests.live.feed_questions import FEED_QUESTIONS
from tests.live.questions import ASK, FORMAT

ROOT = Path(__file__).parents[2]


class Embedded:
    """A Place in the embedded warehouse."""

    def __init__(self, folder: Path, otherwise: list[OpenQuestion]) -> None:
        self._folder, self._otherwise = folder, otherwise
        (folder / "bucket" / "in").mkdir(parents=True)
        self.opened: list[Connection] = []
        self.connection = self.another()
        for statement in (
            f"CREATE FILE FORMAT question_csv {FORMAT}",
            "CREATE STAGE questions URL = 's3://bucket/in/' STORAGE_INTEGRATION = none",
        ):
            self.connection.cursor().execute(statement)

    def put(self, name: str, content: str | bytes) -> None:
        landed = content.encode() if isinstance(content, str) else content
        (self._folder / "bucket" / "in" / name).write_bytes(landed)

    def another(self) -> Connection:
        buckets = {"bucket": FolderBucket(self._folder / "bucket")}
        made = connect(self._folder / "warehouse.duckdb", buckets=buckets, otherwise=self._otherwise)
        self.opened.append(made)
        return made


def test_every_question_is_asked():
    assert set(ASK) == set(OpenQuestion)


@pytest.mark.parametrize("usual", [True, False], ids=["usual", "other"])
@pytest.mark.parametrize("question", OpenQuestion, ids=lambda question: question.name)
def test_an_answer_is_understood(tmp_path: Path, question: OpenQuestion, usual: bool):
    place = Embedded(tmp_path, [] if usual else [question])
    try:
        assert ASK[question](place) is usual
    finally:
        for connection in place.opened:
            connection.close()


@pytest.mark.parametrize("name", FEED_QUESTIONS)
def test_what_snapshots_and_records_depend_on_holds(tmp_path: Path, name: str):
    place = Embedded(tmp_path, [])
    try:
        assert FEED_QUESTIONS[name].holds(FEED_QUESTIONS[name].ask(place))
    finally:
        for connection in place.opened:
            connection.close()


WRONG = {
    "counted_rows": [(4, 3)],
    "lines_of_text": ["1"],
    "doubled_name": "3",
    "times_of_parquet": ("DATE", "INTEGER", "INTEGER"),
    "time_in_a_name": ("stock_2026-01-31", None),
    "call_in_a_transaction": 1,
    "history_in_a_procedure": 0,
    "value_left_out": "nothing",
}


def test_any_other_answer_is_told():
    assert {name for name, answer in WRONG.items() if not FEED_QUESTIONS[name].holds(answer)} == set(FEED_QUESTIONS)


def test_the_page_says_what_each_answer_means():
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert [name for name in FEED_QUESTIONS if f"`{name}`" not in page] == []
