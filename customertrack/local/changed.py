"""Definitions and SQL that are not, or are no longer, what the tables of an open home are made of."""

from collections.abc import Iterable

from customertrack.dimension.project import Project
from customertrack.dimension.rendered import check_rendered
from customertrack.errors import UserError


class ChangedError(UserError):
    """A definition, or its SQL, has changed since it was read. Asked again, from the beginning, there is an answer."""


class Watched:
    """The definitions of dimensions and their SQL, as they are when this is made."""

    def __init__(self, project: Project, names: Iterable[str]) -> None:
        self._project = project
        self._stamps = {name: project.stamp(name) for name in names}

    def check_same(self) -> None:
        """Raise ChangedError if one of them is another by now."""
        for name, stamp in self._stamps.items():
            if self._project.stamp(name) != stamp:
                raise ChangedError(
                    f"The definition of {name}, or its SQL, has changed while it was asked about. Ask again."
                )

    def explain(self) -> None:
        """Raise ChangedError if one of them is another by now, and UserError if its SQL is not as it is defined."""
        self.check_same()
        for name in self._stamps:
            check_rendered(self._project, name)


def half_written(project: Project, names: Iterable[str]) -> dict[str, str]:
    """Those of the dimensions whose SQL is not as it is defined, as while it is written, and what is said of it."""
    found = {}
    for name in sorted(names):
        try:
            check_rendered(project, name)
        except UserError as error:
            found[name] = str(error)
    return found
