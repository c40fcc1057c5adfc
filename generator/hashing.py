"""Hashes in place of random numbers: the same customer and batch give the same draw on every machine.

The mixer is splitmix64's finaliser (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
numpy's own generators are not used: their streams may change between releases, and they cannot be entered at (i, k).
"""

from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

UInts = NDArray[np.uint64]
Ints = NDArray[np.int64]

_BY_ID = np.uint64(0x9E3779B97F4A7C15)
_BY_BATCH = np.uint64(0xD1B54A32D192ED03)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@cache
def salt(seed: int, purpose: str) -> np.uint64:
    """A number that keeps the draws of one seed and purpose apart from all others."""
    digest = blake2b(f"{seed}:{purpose}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def draw(seed: int, purpose: str, ids: Ints, batches: Ints | int = 0) -> UInts:
    """64 random-looking bits for each (id, batch): shape of ids, which batches must match or be one number."""
    bits = ids.astype(np.uint64)
    bits *= _BY_ID
    bits += np.atleast_1d(batches).astype(np.uint64) * _BY_BATCH  # a bare numpy number would warn as it wraps
    bits += salt(seed, purpose)
    bits ^= bits >> np.uint64(30)
    bits *= _MIX_1
    bits ^= bits >> np.uint64(27)
    bits *= _MIX_2
    bits ^= bits >> np.uint64(31)
    return bits


def below(bits: UInts, limit: int) -> Ints:
    """Whole numbers in 0..limit-1 (limit up to 2**32), evenly from the upper half of the bits."""
    return (((bits >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)


def chosen(bits: UInts, share: float) -> NDArray[np.bool_]:
    """True for that share (0 to 1) of the draws: none at 0, all at 1."""
    return below(bits, 2**32) < round(share * 2**32)
