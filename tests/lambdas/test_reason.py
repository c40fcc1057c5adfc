"""What CloudFormation shows of a failure: the sentence, the next step, the statements; never more than fits."""

import pytest

from customertrack.errors import UserError
from customertrack.migrations import MigrationFailed, Report
from lambdas.reason import MOST, Failed, NeedsAdministrator, fitted, shortened, size, told
from tests.lambdas.account import Refused

BLOCK = "\n".join(f"GRANT PRIVILEGE {n} ON ACCOUNT TO ROLE CUSTOMERTRACK_DEV;" for n in range(20))


def said_of(error: Exception, statements: str = BLOCK) -> str:
    with pytest.raises(Failed) as failed, told(statements):
        raise error
    return str(failed.value)


@pytest.mark.parametrize("text", ["a" * 400, '"' * 400, "\n" * 400, "ü" * 400, "a ü\n\U0001f40d" * 99, ""])
@pytest.mark.parametrize("room", [40, 41, 42, 43, 399, 402, 403])
def test_a_text_is_cut_to_the_bytes_of_its_json(text: str, room: int):
    cut = shortened(text, room)
    assert size(cut) <= room
    assert cut == text or " ... " in cut
    assert (cut == text) == (size(text) <= room)


def test_a_cut_text_keeps_its_beginning_and_its_end():
    cut = shortened(f"the cause: {'x' * 5000}; the next step", 100)
    assert cut.startswith("the cause: ")
    assert cut.endswith("; the next step")


def test_the_statements_stay_whole_whatever_the_sentence():
    text = fitted(f"the cause: {'x' * 9000}; the next step", BLOCK)
    assert size(text) <= MOST + 4
    assert text.endswith(f"; the next step\n\n{BLOCK}")


def test_statements_that_leave_no_room_are_named():
    text = fitted("the cause; the next step", "GRANT;\n" * 300)
    assert text == "the cause; the next step\n\nThe statements: make administrator"


def test_only_what_an_administrator_can_mend_shows_the_statements():
    assert said_of(NeedsAdministrator("refused; do this")) == f"refused; do this\n\n{BLOCK}"
    assert said_of(UserError("wrong; do that")) == "wrong; do that"


def test_a_migration_that_lacks_a_privilege_shows_the_statements():
    def failing(errno: int) -> MigrationFailed:
        error = MigrationFailed("a.sql:1: failed; correct the cause", Report())
        error.__cause__ = Refused("Insufficient privileges", errno)
        return error

    assert said_of(failing(3001)).endswith(BLOCK)
    assert said_of(failing(1003)) == "a.sql:1: failed; correct the cause"


def test_a_mistake_of_the_program_is_not_dressed_up():
    with pytest.raises(ZeroDivisionError), told(BLOCK):
        _ = 1 / 0
