"""How large a company is asked for, and what else a run was told."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}


@dataclass(frozen=True, slots=True)
class Options:
    """size: a key of SIZES. quick: one activity per contact and shorter rounds. only: words; a part runs when its name
    begins with one of them; empty runs all. lean: contacts and accounts alone, without their log (see `lean`). keep:
    leave the data behind, for looking at it. home: data that an earlier run kept, used again instead of new data."""

    size: str = "10k"
    quick: bool = False
    only: tuple[str, ...] = ()
    keep: bool = False
    home: str = ""
    lean: bool = False

    @property
    def contacts(self) -> int:
        """How many contacts there are."""
        return SIZES[self.size]

    @property
    def accounts(self) -> int:
        """Five contacts an account."""
        return self.contacts // 5

    @property
    def opportunities(self) -> int:
        """One deal an account."""
        return self.contacts // 5

    @property
    def activities(self) -> int:
        """Tasks, calls, meetings and notes together."""
        return self.contacts * (1 if self.quick else 5)

    @property
    def round_seconds(self) -> float:
        """How long one round of requests lasts."""
        return 1.0 if self.quick else 3.0

    def wants(self, part: str) -> bool:
        """Whether this part of the measurements runs."""
        if part == "ui":  # needs a browser, so it is asked for by name
            return "ui" in self.only
        return not self.only or any(part.startswith(word) for word in self.only)
