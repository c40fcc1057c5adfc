"""Feeds as they come, by the command line: a folder of files is taken, and told."""

import json
from pathlib import Path

import pytest

from tests.cli.test_dimensions import ProjectProgram
from tests.dimension.differences import differences, told_rows
from tests.feeds.feed import Feed


@pytest.mark.parametrize(
    "name", ["debezium_postgres_aiven", "dms_csv", "dms_csv_no_header", "airbyte_csv", "airbyte_parquet"]
)
def test_a_folder_of_files(name: str, tmp_path: Path):
    feed = Feed(name)
    dimension = feed.toml["dimension"]
    project = ProjectProgram(tmp_path / "project")
    project.define(dimension, feed.text)
    project.done("dimension", "render")
    ran = project.done("ingest", feed.folder / "files", "--dimension", dimension)
    assert "not known" not in ran.err
    expected = json.loads((feed.folder / "expected.json").read_text(encoding="utf-8"))
    assert (f"{len(expected['ignored'])} ignored" in ran.err + ran.out) == bool(expected["ignored"])
    keys = {row[part]: None for part in feed.toml["key"] for row in expected["history"]}
    versions = [row for key in keys for row in project.rows("history", key, "--dimension", dimension)]
    columns = [*feed.toml["key"], *feed.toml["attributes"], "valid_from", "valid_to"]
    told = [{column: row[column] for column in columns} for row in told_rows(feed.generic, versions)]
    assert differences(feed.generic, expected["history"], told) == ""
    rejects = {
        (row["source_file"].rpartition("/")[2], row["source_row"]): row["reject_reasons"]
        for row in project.rows("rejects", "--dimension", dimension)
    }
    assert rejects == {(one["file"], one["row"]): one["reasons"] for one in expected["rejects"]}
    assert project("verify").code == 0
