"""The columns of a benchmark's files: those of customers, and as many attributes more as are asked for.

Free of dependencies, because the peers read it from environments of their own.
"""

CUSTOMER = ("first_name", "last_name", "email", "street", "city", "state", "country")


def attributes(count: int) -> tuple[str, ...]:
    """The names of `count` attributes, 7 at least: all of them are text."""
    return (*CUSTOMER, *(f"more_{number:02}" for number in range(len(CUSTOMER) + 1, count + 1)))


def listed(count: int) -> str:
    """The same, separated by commas."""
    return ", ".join(attributes(count))
