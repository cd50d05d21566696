"""What an account could buy, from what similar accounts bought."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

#: Fewer similar accounts than these say nothing.
FEWEST = 3
#: A product that fewer of them have is no gap.
SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Gap:
    """A product that the account has not bought. buyers: how many of `similar` accounts did. offered: it is in an open
    deal already."""

    product: UUID
    buyers: int
    similar: int
    offered: bool

    @property
    def share(self) -> float:
        """How many of the similar accounts have it, 0-1."""
        return self.buyers / self.similar


def white_space(
    bought: Collection[UUID], offered: Collection[UUID], buyers: Mapping[UUID, int], similar: int
) -> list[Gap]:
    """The gaps, what most of the others have first. buyers: by product, how many similar accounts bought it."""
    if similar < FEWEST:
        return []
    gaps = [
        Gap(product, min(count, similar), similar, product in offered)
        for product, count in buyers.items()
        if product not in bought and count / similar >= SHARE
    ]
    return sorted(gaps, key=lambda gap: (-gap.buyers, str(gap.product)))
