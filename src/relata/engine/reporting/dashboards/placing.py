"""The arithmetic of the grid: cards never lie upon each other, and nothing floats above a gap."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from relata.engine.reporting.dashboards.body import Card, Tab, placed


def settled(cards: Iterable[Card], first: str = "") -> tuple[Card, ...]:
    """Every card at its column, as high as it can go. first: the card that was just moved; others make room for it."""
    order = sorted(map(placed, cards), key=lambda card: (card.y, card.id != first, card.x))
    done: list[Card] = []
    for card in order:
        y = max((other.y + other.h for other in done if _meet(card, other)), default=0)
        done.append(msgspec.structs.replace(card, y=y))
    return tuple(sorted(done, key=lambda card: (card.y, card.x)))


def with_card(tab: Tab, card: Card) -> Tab:
    """The tab with one more card, in the first place where it fits below the others."""
    y = max((other.y + other.h for other in tab.cards), default=0)
    last = [other for other in tab.cards if other.y + other.h == y]
    right = max((other.x + other.w for other in last), default=0)
    if last and right + card.w <= 12:
        card = msgspec.structs.replace(card, x=right, y=min(other.y for other in last))
    else:
        card = msgspec.structs.replace(card, x=0, y=y)
    return msgspec.structs.replace(tab, cards=settled((*tab.cards, card)))


def _meet(one: Card, other: Card) -> bool:
    return one.x < other.x + other.w and other.x < one.x + one.w
