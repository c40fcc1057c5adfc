"""Trying again while what AWS was told spreads: policies take seconds, at times minutes, to hold everywhere."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """How long (seconds) to go on trying, and how long to pause between; the clock counts in seconds."""

    seconds: float
    pause: float = 10
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def tries(self) -> Iterator[bool]:
        """One turn for each try, at least one; True means that it is the last. Pauses between turns."""
        end = self.clock() + self.seconds
        while self.clock() + self.pause < end:
            yield False
            self.sleep(self.pause)
        yield True
