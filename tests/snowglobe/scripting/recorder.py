"""An executor for procedures that answers from a table."""

from snowglobe.scripting.frame import Outcome
from snowglobe.scripting.parser import parse
from snowglobe.scripting.run import run


class Recorder:
    """Answers each statement from `answers` (an outcome or an error), else with no rows; keeps what it was asked."""

    def __init__(self, answers=None, *, open_transaction=False):
        self.answers = answers or {}
        self.asked = []
        self.open = open_transaction

    def execute(self, sql, params):
        self.asked.append((sql, list(params)))
        word = sql.split()[0].upper()
        if word in ("BEGIN", "START"):
            self.open = True
        elif word in ("COMMIT", "ROLLBACK"):
            self.open = False
        answer = self.answers.get(sql, Outcome())
        if isinstance(answer, BaseException):
            raise answer
        return answer

    evaluate = execute

    def in_transaction(self):
        return self.open

    @property
    def statements(self):
        return [sql for sql, _ in self.asked]


def call(body, executor=None, **arguments):
    """What a procedure with the body returns for the arguments."""
    return run(parse(body, tuple(arguments)), arguments, executor or Recorder())
