"""Which dimension a command is about that names none."""

from customertrack.dimension.definition import Kind
from customertrack.dimension.project import Project
from customertrack.errors import UsageError
from customertrack.local.dimensions import CUSTOMER


def meant(project: Project, named: str | None, of: Kind | None = None) -> str:
    """The one that was named, or customer, or the only one there is.

    `of`: of those with feeds of this kind. Raises UsageError if there are several, with their names.
    """
    if named:
        return named
    names = [name for name in project.names() if of is None or project.load(name).feed.kind == of]
    if CUSTOMER in names or not names:
        return CUSTOMER
    if len(names) > 1:
        raise UsageError(f"There are {len(names)} dimensions; say which: {', '.join(names)}.")
    return names[0]
