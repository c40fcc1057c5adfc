"""How much memory the warehouse may hold: by default what a laptop can spare beside all else that it runs."""

import os
import re
from contextlib import suppress
from pathlib import Path

_MOST_BY_DEFAULT = 3 << 29
# With less than this DuckDB cannot hold the little that it works on at a time.
LEAST = 128 << 20
_UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
_SIZE = re.compile(r"([0-9]+(?:[.][0-9]+)?) ?([KMGT])(?:i?B)?", re.IGNORECASE)
# What a container may have: docs.kernel.org, "Control Group v2", and the "Memory Resource Controller" before it.
_OF_CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def default_limit() -> int:
    """Bytes: half of what the machine or its container has, at most 1.5 GiB.

    With what the process holds besides, that is less than 2.
    """
    return max(LEAST, min(_MOST_BY_DEFAULT, _of_machine() // 2))


def parse(written: str) -> int:
    """The bytes of a size such as 512MB, 1.5G or 2GiB; a unit is a power of 1,024. Raises ValueError for any other."""
    found = _SIZE.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"'{written}' is no size of memory; give one such as 512MB or 2GB")
    size = int(float(found[1]) * (1 << _UNITS[found[2].upper()]))
    if size < LEAST:
        raise ValueError(f"'{written}' is too little; give {in_words(LEAST)} at least")
    return size


def in_words(size: int) -> str:
    """Bytes as people write them."""
    return f"{size / (1 << 30):.3g} GB" if size >= 1 << 30 else f"{size >> 20} MB"


def _of_machine() -> int:
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in _OF_CONTAINER:
        # It is not there, or says "max".
        with suppress(OSError, ValueError):
            sizes.append(int(file.read_text()))
    return min(sizes)
