"""Series and their exceptions as what really happens, for values that came from a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from relata.engine.calendars.item import Item
from relata.engine.calendars.recurrence import Series, later_end, occurrences
from relata.engine.calendars.rule import parse_rule


def happening(items: Iterable[Item], first: datetime, until: datetime) -> list[Item]:
    """Everything that starts in [first, until), in order; what is cancelled is left out. Of two exceptions for one
    occurrence the newer counts."""
    everything = list(items)
    changed: dict[tuple[str, datetime], Item] = {}
    for one in everything:
        if one.original is not None:
            known = changed.get((one.uid, one.original))
            if known is None or one.sequence >= known.sequence:
                changed[one.uid, one.original] = one
    masters = _newest(everything)
    found = [one for one in changed.values() if first <= one.starts < until and not _is_dropped(one, masters)]
    for one in masters.values():
        taken = {original for uid, original in changed if uid == one.uid}
        for start in occurrences(series_of(one), first, until):
            if start not in taken:
                found.append(replace(one, starts=start, ends=later_end(one.starts, one.ends, start, one.zone)))
    return sorted((one for one in found if one.status != "cancelled"), key=lambda one: (one.starts, one.uid))


def series_of(item: Item) -> Series:
    """When it happens."""
    rule = parse_rule(item.rule, item.zone) if item.rule else None
    return Series(item.starts, item.zone, rule, frozenset(item.skipped), item.extra)


def _is_dropped(exception: Item, masters: dict[str, Item]) -> bool:
    """Whether the series was written anew without that occurrence since."""
    master = masters.get(exception.uid)
    return master is not None and master.sequence >= exception.sequence and exception.original in master.skipped


def _newest(items: Sequence[Item]) -> dict[str, Item]:
    """Of each event the newest version."""
    found: dict[str, Item] = {}
    for one in items:
        if one.original is None and (one.uid not in found or one.sequence >= found[one.uid].sequence):
            found[one.uid] = one
    return found
