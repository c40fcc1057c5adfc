"""Any dimension made up: `run`, `generate` and `verify` end with the same proof as for customers."""

import json
import re
import shlex
from pathlib import Path

import pytest

from customertrack.cli.main import main
from generator import Faults, Feed, Settings
from tests.cli.program import Program
from tests.cli.test_dimensions import ProjectProgram
from tests.dimension.definitions import REGION, THING, changed
from tests.generator.shipped import PRODUCT

FEED = ("--batches", 4, "--customers", 300, "--delete-rate", 0.1, "--reinsert-rate", 0.3)
FAULTS = ("--late", 0.2, "--duplicates", 0.1, "--malformed", 0.3, "--duplicate-files", 0.5, "--shuffle")
SETTINGS = Settings(customers=300, delete_rate=0.1, reinsert_rate=0.3)
EQUAL = "both tables equal the generator's truth after {} batches"


@pytest.fixture(scope="module")
def products(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, str]:
    """A home with four batches of products, every fault among them, and what was said."""
    program = Program(tmp_path_factory.mktemp("products") / "home")
    return program, program.done("run", "--dimension", "product", *FEED, *FAULTS).err


def test_products_end_with_the_proof(products: tuple[Program, str]):
    told = " ".join(products[1].split())
    faults = Faults(late=0.2, duplicates=0.1, malformed=0.3, duplicate_files=0.5, shuffle=True)
    files = list(Feed(PRODUCT, SETTINGS, faults).run(0, 4))
    landed, malformed = sum(len(file.rows) for file in files), sum(file.malformed for file in files)
    assert malformed > 100
    assert f"{landed:,} rows = {landed - malformed:,} events + {malformed} rejects, in {len(files)} files" in told
    assert "11 of 11 hold" in told
    assert EQUAL.format(4) in told


def test_what_it_says_to_type_next_works(products: tuple[Program, str], capsys: pytest.CaptureFixture[str]):
    lines = [shlex.split(line, comments=True) for line in products[1].partition("Next:\n")[2].splitlines()]
    commands = [words[words.index("--home") :] for words in lines]
    assert [words[2] for words in commands] == ["history", "as-of", "rejects", "query", "console", "run"]
    # test_console.py starts the console.
    for words in commands[:-2]:
        assert main(words) == 0, words
        assert capsys.readouterr().out
    assert commands[-1][3:] == ["--dimension", "product"]


def test_it_goes_on_beside_the_customers(products: tuple[Program, str]):
    program, _ = products
    assert EQUAL.format(6) in " ".join(program.done("run", "--dimension", "product", "--batches", 2).err.split())
    assert EQUAL.format(2) in " ".join(program.done("run", "--batches", 2, "--customers", 50).err.split())
    verified = program.done("verify").out
    assert verified.count("holds") == 22
    assert verified.count("both tables equal") == 2


def test_a_reject_that_is_missing_is_a_difference(products: tuple[Program, str]):
    program, _ = products
    program.done("query", "DELETE FROM product_reject WHERE source_row = (SELECT MAX(source_row) FROM product_reject)")
    verified = program("verify")
    assert verified.code == 1
    assert re.search(r"product_reject, source_file .*: rejects is \d+, should be \d+", verified.out)


def test_a_dimension_that_keeps_no_versions(tmp_path: Path):
    project = ProjectProgram(tmp_path)
    project.define("thing", changed((', change = "update"', "")) + "[history]\nkeep = false\n")
    project.done("dimension", "render")
    told = project.done("run", "--dimension", "thing", *FEED, *FAULTS).err
    assert "the table equals the generator's truth after 4 batches" in " ".join(told.split())
    assert "thing_history" not in told


def test_a_definition_that_changes_after_the_feed_has_begun(tmp_path: Path):
    project = ProjectProgram(tmp_path)
    project.define("thing", THING)
    project.done("dimension", "render")
    project.done("run", "--dimension", "thing", *FEED)
    project.define("thing", changed(('"text(100)"', '"text(200)"')) + 'colour = { type = "text(10)", since = 2 }\n')
    project.done("dimension", "render")
    assert EQUAL.format(4) in project.done("verify").out
    told = project.done("run", "--dimension", "thing", "--batches", 2).err
    assert EQUAL.format(6) in " ".join(told.split())
    project.done("query", "UPDATE thing_state SET name = 'X' WHERE thing_id = 3 AND name IS NOT NULL")
    assert project("verify").code == 1


def test_files_elsewhere_are_of_the_definition(tmp_path: Path):
    program = Program(tmp_path / "home")
    program.done("generate", "--dimension", "product", *FEED, "--to", tmp_path / "files")
    made = {path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()}
    assert made == {file.name: file.content() for file in Feed(PRODUCT, SETTINGS).run(0, 4)}
    assert not program.home.exists()


def test_more_keys_than_there_can_be(tmp_path: Path):
    project = ProjectProgram(tmp_path)
    project.define("thing", changed(('thing_id = "integer"', 'thing_id = "text(1)"'), (f"region   = {REGION}\n", "")))
    project.done("dimension", "render")
    ran = project("run", "--dimension", "thing", "--customers", 500)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "has room for 36: give fewer --customers and less --growth" in ran.err
    assert not project.program.home.exists()


def test_a_provider_that_there_is_not(tmp_path: Path):
    project = ProjectProgram(tmp_path)
    group = '{ attributes = ["name"], rate = 0.1, faker = { name = "compny" } }'
    project.define("thing", f"{THING}[generate]\nwhat = {group}\n")
    checked = project("dimension", "check")
    assert checked.code == 1
    assert checked.out.endswith(
        ':17: generate.what.faker.name: there is no provider "compny" of Faker; did you mean "company"?\n'
    )
    project.done("dimension", "render")
    ran = project("run", "--dimension", "thing")
    assert (ran.code, 'there is no provider "compny" of Faker' in ran.err) == (2, True)
    assert not project.program.home.exists()


MISFITS = {
    "city": 'the values of the provider "city" are no number(12,2).',
    "date_this_year": 'the values of the provider "date_this_year" depend on today; leave it out, and they come from '
    "the type.",
    "format": 'there is no provider "format" of Faker',
}


@pytest.mark.parametrize("provider", MISFITS)
def test_a_provider_whose_values_cannot_be(tmp_path: Path, provider: str):
    project = ProjectProgram(tmp_path)
    group = f'{{ attributes = ["price"], rate = 0.1, faker = {{ price = "{provider}" }} }}'
    project.define("thing", f"{THING}[generate]\nwhat = {group}\n")
    checked = project("dimension", "check")
    assert checked.code == 1
    assert f":17: generate.what.faker.price: {MISFITS[provider]}" in checked.out
    assert len(checked.out.splitlines()) == 1


def test_what_is_remembered_is_the_definition_and_the_settings(products: tuple[Program, str]):
    written = json.loads((products[0].home / "feed/product.json").read_text())
    assert written["definition"].startswith("# Products")
    assert (written["customers"], written["malformed"]) == (300, 0.3)
