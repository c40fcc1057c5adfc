"""The questions can be asked: the embedded warehouse gives both answers, and each is understood."""

from pathlib import Path

import pytest

from snowglobe import Connection, FolderBucket, OpenQuestion, connect
from tests.live.questions import ASK, FORMAT


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
