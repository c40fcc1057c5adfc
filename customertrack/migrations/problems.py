"""Several mistakes are told at once, so that they can be corrected at once."""

from collections.abc import Sequence

from customertrack.errors import UserError


def together(problems: Sequence[str]) -> UserError:
    """One error that lists every problem. Each is a sentence that names its next step."""
    if len(problems) == 1:
        return UserError(problems[0])
    return UserError(_listed(f"{len(problems)} things keep the migrations from running; nothing was run:", problems))


def of_dimension(problems: Sequence[str]) -> str:
    """What is wrong with the files of one dimension, of which none was run."""
    return problems[0] if len(problems) == 1 else _listed(f"{len(problems)} things are wrong with its files:", problems)


def of_dimensions(sentences: Sequence[tuple[str, str]]) -> str:
    """Why the migrations of some dimensions did not come to their end, by dimension."""
    if len(sentences) == 1:
        ((dimension, sentence),) = sentences
        return f"the migrations of {dimension} did not come to their end, which holds up no other dimension: {sentence}"
    head = f"the migrations of {len(sentences)} dimensions did not come to their end, which holds up no other:"
    return _listed(head, [f"{dimension}: {sentence}" for dimension, sentence in sentences])


def _listed(head: str, sentences: Sequence[str]) -> str:
    return "\n".join([head, *(f"- {sentence}" for sentence in sentences)])
