"""What failed of which dimension: it stops no other, and is raised at the end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from customertrack.errors import UserError
from customertrack.warehouse import WarehouseError, message_of
from lambdas.migrate.pipe import Pipe
from lambdas.reason import NeedsAdministrator, lacks_privilege


@dataclass
class Failures:
    """`found`: by the name of the dimension, the first that failed of it."""

    found: dict[str, Exception] = field(default_factory=dict)

    @contextmanager
    def of(self, dimension: str) -> Iterator[None]:
        """Note what a user or Snowflake is to blame for, and go on after it."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, UserError | WarehouseError):
                raise
            self.add(dimension, error)

    def each(self, pipes: Iterable[Pipe], step: Callable[[Pipe], object]) -> set[str]:
        """Do a step for each dimension of which nothing has failed; returns the names where it said yes."""
        said_yes = set()
        for pipe in pipes:
            name = pipe.dimension.name
            if name not in self.found:
                with self.of(name):
                    if step(pipe):
                        said_yes.add(name)
        return said_yes

    def add(self, dimension: str, error: Exception) -> None:
        """Note an error of a dimension."""
        self.found.setdefault(dimension, error)

    def raise_found(self) -> None:
        """Raise UserError with a sentence for each dimension that failed; NeedsAdministrator if that helps."""
        if not self.found:
            return
        sentences = [f"{name}: {_sentence(error)}" for name, error in self.found.items()]
        if len(sentences) == 1:
            message = f"one dimension is not deployed, which holds up no other; {sentences[0]}"
        else:
            head = f"{len(sentences)} dimensions are not deployed, which holds up no other:"
            message = "\n".join([head, *(f"- {sentence}" for sentence in sentences)])
        errors = sorted(self.found.values(), key=_needs_administrator, reverse=True)
        kind = NeedsAdministrator if isinstance(errors[0], NeedsAdministrator) else UserError
        raise kind(message) from _of_warehouse(errors[0])


def _needs_administrator(error: Exception) -> bool:
    return isinstance(error, NeedsAdministrator) or lacks_privilege(_of_warehouse(error))


def _of_warehouse(error: Exception) -> BaseException | None:
    return error if isinstance(error, WarehouseError) else error.__cause__


def _sentence(error: Exception) -> str:
    if isinstance(error, WarehouseError):
        return f"Snowflake refused a statement: {message_of(error)}; correct the cause, then deploy again"
    return str(error)
