"""Invitations that others send us: what a mail's calendar part asks, and of whom of us."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.reading import read_calendar
from relata.foundation.errors import Invalid


@dataclass(frozen=True, slots=True)
class Invited:
    """item: what it is; its organizer is who asks. guest: who of us is asked. others: further parts of the series.
    is_over: it was called off."""

    item: Item
    guest: Guest
    others: tuple[Item, ...] = ()
    is_over: bool = False


def invited(text: str, addresses: Collection[str], zone: str) -> Invited | None:
    """The invitation, or its cancellation, that one of these addresses got; None for everything else."""
    try:
        found = read_calendar(text, zone)
    except Invalid:
        return None
    if found.method not in ("REQUEST", "CANCEL") or not found.items:
        return None
    item = next((one for one in found.items if one.original is None), found.items[0])
    guest = next((one for one in item.guests if one.email in addresses), None)
    if guest is None or item.organizer is None or item.organizer.email in addresses:
        return None
    others = tuple(one for one in found.items if one is not item and one.uid == item.uid)
    return Invited(item, guest, others, found.method == "CANCEL")
