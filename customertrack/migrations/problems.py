"""Several mistakes are told at once, so that they can be corrected at once."""

from collections.abc import Sequence

from customertrack.errors import UserError


def together(problems: Sequence[str]) -> UserError:
    """One error that lists every problem. Each is a sentence that names its next step."""
    if len(problems) == 1:
        return UserError(problems[0])
    lines = "\n".join(f"- {problem}" for problem in problems)
    return UserError(f"{len(problems)} things keep the migrations from running; nothing was run:\n{lines}")
