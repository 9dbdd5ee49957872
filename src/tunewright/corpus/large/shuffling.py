"""Random permutations of very many numbers without a list of them in memory.

Up to `MOST_LISTED` numbers are shuffled by numpy. Beyond, the order is computed where it is needed: a Feistel network
of a few rounds permutes the numbers below a power of four, and is applied again to results outside the range ("cycle
walking": J. Black, P. Rogaway, "Ciphers with arbitrary finite domains", 2002). It takes no memory and is random enough
for the order of training examples; it is not a cipher.
"""

import numpy as np
from numpy.typing import NDArray

MOST_LISTED = 1 << 22

_ROUNDS = 6

Numbers = NDArray[np.int64]


class Shuffled:
    """The numbers from 0 up to, not including, `count` in random order; slices of it are arrays.

    Parameters
    ----------
    count
        How many numbers; less than 2^62.
    generator
        Draws the order, which depends on nothing else.
    """

    def __init__(self, count: int, generator: np.random.Generator) -> None:
        self._count = count
        self._listed: Numbers | None = generator.permutation(count) if count <= MOST_LISTED else None
        if self._listed is None:
            self._half_bits = np.uint64(-(-(count - 1).bit_length() // 2))
            self._keys = generator.integers(1 << 63, size=_ROUNDS, dtype=np.uint64)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, places: slice) -> Numbers:
        if self._listed is not None:
            return self._listed[places]
        numbers = self._permuted(np.arange(*places.indices(self._count), dtype=np.uint64))
        while (outside := numbers >= self._count).any():
            numbers[outside] = self._permuted(numbers[outside])
        return numbers.astype(np.int64)

    def _permuted(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        mask = (np.uint64(1) << self._half_bits) - np.uint64(1)
        left, right = numbers >> self._half_bits, numbers & mask
        for key in self._keys:
            left, right = right, left ^ (scatter(right + key) & mask)
        return (left << self._half_bits) | right


def scatter(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash `values` over all 64 bits (the finishing step of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
