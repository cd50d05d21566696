"""How the revenue of a deal is shared: the shares of its revenue splits add up to all of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_FLOOR, Decimal
from uuid import UUID

from relata.foundation.money import MINOR_DIGITS, Money
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


def amounts_of(amount: Money, shares: Mapping[UUID, Decimal]) -> dict[UUID, Money]:
    """What each share comes to, in whole cents of the currency. Shares that add up to 100 add up to the rounded amount:
    each has its cents rounded down, and what is left goes, cent by cent, to those that lost most by that.

    shares: percent by the split's id.
    """
    cent = Decimal(1).scaleb(-MINOR_DIGITS.get(amount.currency, 2))
    exact = {key: amount.amount * percent / ALL for key, percent in shares.items()}
    found = {key: part.quantize(cent, ROUND_FLOOR) for key, part in exact.items()}
    whole = Money(sum(exact.values(), Decimal(0)), amount.currency).rounded().amount
    left = int((whole - sum(found.values(), Decimal(0))) / cent)
    for key in sorted(exact, key=lambda key: (found[key] - exact[key], str(key)))[:left]:
        found[key] += cent
    return {key: Money(part, amount.currency) for key, part in found.items()}
