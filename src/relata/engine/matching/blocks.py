"""Who shares keys with whom, of all records of an object at once: packed, since there are millions of keys."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from relata.engine.matching.blocking import WIDEST


class Blocks:
    """Records by their places, in the order of their numbers; some 700 bytes each. Add all, then `close`."""

    def __init__(self) -> None:
        self.numbers = array("i")
        #: As they are compared, packed.
        self.stored: list[bytes] = []
        self._keys = array("i")
        self._ends = array("q", [0])
        self._blocks: dict[int, array[int]] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, stored: bytes, keys: Sequence[int]) -> None:
        """One more, of a higher number than those before."""
        self.numbers.append(number)
        self.stored.append(stored)
        self._keys.extend(keys)
        self._ends.append(len(self._keys))

    def close(self) -> list[int]:
        """Find the blocks; the keys that too many have.

        A table of counts comes first, in which some keys share a place: what it says to be alone is alone, and of the
        few that it says to be wide each is counted by itself. A dictionary of all keys would take a gigabyte.
        """
        keys, most = self._keys, WIDEST + 1
        mask = (1 << max(16, (2 * len(keys)).bit_length())) - 1
        counts = bytearray(mask + 1)
        for key in keys:
            at = key & mask
            if counts[at] < most:
                counts[at] += 1
        wide = Counter(key for key in keys if counts[key & mask] == most)
        blocks = self._blocks
        for place, (start, end) in enumerate(zip(self._ends, self._ends[1:], strict=False)):
            for key in keys[start:end]:
                if counts[key & mask] > 1 and wide.get(key, 0) < most:
                    block = blocks.get(key)
                    if block is None:
                        blocks[key] = array("i", (place,))
                    else:
                        block.append(place)
        return [key for key, count in wide.items() if count >= most]

    def sharing(self, place: int, least: int) -> list[int]:
        """The places after this one whose records share so many keys with it."""
        found = self._blocks.get
        own = self._keys[self._ends[place] : self._ends[place + 1]]
        shared = Counter(chain.from_iterable([block for key in own if (block := found(key)) is not None]))
        return [other for other, count in shared.items() if count >= least and other > place]
