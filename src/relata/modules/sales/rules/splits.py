"""How the revenue of a deal is shared: the shares of its revenue splits add up to all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from relata.modules.sales import errors

ALL = Decimal(100)


def owner_share(shares: Mapping[UUID, Decimal], owner: UUID | None, just_written: Collection[UUID]) -> Decimal | None:
    """What the owner's share must become so that all add up to 100; None where they do, or where there are none.

    shares: of the revenue splits, by person. just_written: whose shares were set just now. The owner has the rest,
    unless the owner's own share was set: then the others are not guessed at. Raises SplitsDoNotAddUp.
    """
    total = sum(shares.values(), Decimal(0))
    if not shares or total == ALL:
        return None
    if owner is None or owner in just_written:
        raise errors.SplitsDoNotAddUp(total)
    rest = ALL - (total - shares.get(owner, Decimal(0)))
    if rest < 0:
        raise errors.SplitsDoNotAddUp(ALL - rest)
    return rest
