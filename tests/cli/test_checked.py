"""What run and verify found is written down in the home, with when."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from customertrack.errors import UserError
from customertrack.local import last_check
from customertrack.local.home import Home
from customertrack.reads.last_check import Offence
from tests.cli.program import Program


def test_a_run_and_each_check_are_written_down(after_a_run: Program):
    home = Home(after_a_run.home)
    of_run = last_check.read(home, "customer")
    assert of_run
    last = json.loads(after_a_run.done("status", "--format", "json").out)["last_batch"]["batch_id"]
    assert (of_run.batch_id, of_run.invariants, of_run.offences, of_run.is_true) == (last, 11, (), True)
    after_a_run.done("query", "UPDATE customer_closed SET valid_to = valid_from")
    assert after_a_run("verify").code == 1
    found = last_check.read(home, "customer")
    assert found
    assert Offence(1, "valid from before valid to", found.offences[0].rows) == found.offences[0]
    assert found.offences[0].rows > 0
    assert found.is_true is False
    assert timedelta() <= datetime.now(UTC).replace(tzinfo=None) - found.at < timedelta(minutes=10)


def test_without_a_feed_there_is_no_truth(program: Program):
    program.done("verify")
    found = last_check.read(Home(program.home), "customer")
    assert found
    assert (found.batch_id, found.is_true) == (0, None)
    assert found.truth == "not compared: no feed of the generator is remembered for this home"


def test_one_that_cannot_be_read_says_what_to_do(program: Program):
    assert last_check.read(Home(program.home), "customer") is None
    path = program.home / "checked" / "customer.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"at": "2026-01-01"}))
    with pytest.raises(UserError, match=r"customer.json cannot be read .* the next `verify` writes it anew"):
        last_check.read(Home(program.home), "customer")
    program.done("verify")
    assert last_check.read(Home(program.home), "customer")
