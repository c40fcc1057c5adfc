"""Why a custom resource failed, as CloudFormation shows it: one sentence with the next step, and no more than fits.

A handler behind CDK's Provider framework fails by raising. What the user reads is the text of the exception, then
"Logs: ..." and some lines of the framework's own stack (custom-resources/lib/provider-framework/runtime/framework.js).
"""

import json
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager

from customertrack.errors import UserError
from customertrack.warehouse import WarehouseError, message_of

# CloudFormation takes a response of 4,096 bytes in all, as JSON. Measured with the framework's own code, all but the
# text of the exception comes to less than 1,350 with the longest names (tests/lambdas/test_framework.py).
MOST = 2700
# Of these the sentence before a statement block keeps at least so many.
_SENTENCE = 700
_CUT = " ... "
# Snowflake's "Insufficient privileges": the administrator's statements grant what is missing.
_INSUFFICIENT_PRIVILEGES = 3001


class NeedsAdministrator(UserError):  # noqa: N818  what it takes is its name
    """Only an administrator of Snowflake can help; the reason holds the statements to run."""


class Failed(Exception):  # noqa: N818  what happened is its name
    """What a handler raises; its text is the reason, and fits."""


def size(text: str) -> int:
    """Bytes of `text` in a JSON document, quotes included."""
    return len(json.dumps(text, ensure_ascii=False).encode())


def shortened(text: str, room: int) -> str:
    """`text` in at most `room` bytes of JSON; its middle is cut, because it ends with the next step."""
    if size(text) <= room:
        return text
    halves = range(len(text) // 2)
    longest = bisect_right(halves, room, key=lambda half: size(_cut(text, half))) - 1
    return _cut(text, max(longest, 0))


def _cut(text: str, half: int) -> str:
    return text[:half] + _CUT + text[len(text) - half :]


def fitted(sentence: str, statements: str = "") -> str:
    """The sentence, and below it the whole block of statements; a block that leaves no room is only named."""
    if not statements:
        return shortened(sentence, MOST)
    if size(statements) + _SENTENCE > MOST:
        return shortened(f"{sentence}\n\nThe statements: make administrator", MOST)
    return f"{shortened(sentence, MOST - size(statements))}\n\n{statements}"


@contextmanager
def told(statements: str) -> Iterator[None]:
    """Raise what goes wrong inside as Failed; with the administrator's `statements` if only those help."""
    try:
        yield
    except UserError as error:
        helps = isinstance(error, NeedsAdministrator) or lacks_privilege(error.__cause__)
        raise Failed(fitted(str(error), statements if helps else "")) from error
    except Exception as error:
        if not isinstance(error, WarehouseError):
            raise
        if lacks_privilege(error):
            sentence = (
                f"the role may not do what the deploy needs: {message_of(error)}; have an administrator of Snowflake "
                "run these statements, then deploy again"
            )
            raise Failed(fitted(sentence, statements)) from error
        sentence = f"Snowflake refused a statement: {message_of(error)}; correct the cause, then deploy again"
        raise Failed(fitted(sentence)) from error


def lacks_privilege(error: BaseException | None) -> bool:
    """Whether it is Snowflake's error for a privilege that is missing."""
    return isinstance(error, WarehouseError) and error.errno == _INSUFFICIENT_PRIVILEGES
