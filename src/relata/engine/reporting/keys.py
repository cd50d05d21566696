"""The groups of one level: their words, their order, and those without a record where somebody wants to see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from relata.engine.metadata.fields import Choice
from relata.engine.query.request import MAX_LIMIT, Query, parse_order
from relata.engine.query.tabulation import REST
from relata.engine.reporting.checking import Groups
from relata.engine.reporting.definition import PERIODS
from relata.engine.reporting.periods import moved
from relata.engine.reporting.result import Key
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

#: Periods without a record are shown up to so many; who has a date of the year 1 by mistake has no use for all.
MOST_BETWEEN = 400


class Words:
    """The keys of one level by their values, and where each stands."""

    def __init__(self, groups: Groups, keys: dict[Any, Key], places: dict[Any, int]) -> None:
        self.groups = groups
        self.keys = keys
        self._places = places

    def place(self, value: Any) -> tuple[Any, ...]:
        """Where the value stands in the natural order: those without a value near the end, the rest at the end."""
        if value is REST:
            return (2,)
        if value is None:
            return (1,)
        if self._places:
            return (0, self._places.get(value, len(self._places)), self.keys[value].label.casefold())
        if self.groups.operand.target:
            return (0, 0, self.keys[value].label.casefold(), str(value))
        return (0, 0, value.casefold(), value) if isinstance(value, str) else (0, 0, value)

    def label(self, value: Any) -> tuple[Any, ...]:
        """Where it stands among the labels."""
        if value is REST or value is None:
            return self.place(value)
        return (0, self.keys[value].label.casefold() or str(value).casefold())


async def words_of(work: Workspace, groups: Groups, values: Iterable[Any]) -> Words:
    """For these values, and for those without a record that the grouping wants."""
    found = set(values)
    places = await _places(work, groups)
    if groups.grouping.show_empty and not groups.grouping.top:
        found |= set(_without_records(groups, found, places))
    titles: Titles = {}
    if groups.operand.target:
        ids = {value for value in found if isinstance(value, UUID)}
        titles = await titles_of(work.unit, {groups.operand.target: ids})
    return Words(groups, {value: _key(groups, value, titles) for value in found}, places)


def _key(groups: Groups, value: Any, titles: Titles) -> Key:
    kind = groups.kind
    if value is REST:
        return Key(kind=kind, label=_("Others"), others=True, id="rest")
    if value is None:
        return Key(kind=kind, label=_("None"), id="none")
    if isinstance(value, UUID):
        label = titles.get((groups.operand.target, value)) or _("Not visible to you")
        return Key(value=str(value), kind=kind, label=label, id=str(value))
    if isinstance(value, bool):
        return Key(value=value, kind=kind, label=_("Yes") if value else _("No"), id="yes" if value else "no")
    field = groups.operand.field
    if kind == "choice" and isinstance(field, Choice):
        option = field.option(value)
        colour = option.colour if option else ""
        return Key(value=value, kind=kind, label=option.title if option else value, colour=colour, id=value)
    if kind == "bucket":
        ends = groups.level.buckets
        low = ends[value - 1] if value > 0 else None
        high = ends[value] if value < len(ends) else None
        return Key(value=(low, high), kind=kind, id=str(value))
    label = value if isinstance(value, str) else ""
    shown = format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
    return Key(value=value, kind=kind, label=label, id=shown)


async def _places(work: Workspace, groups: Groups) -> dict[Any, int]:
    """The order of what has one of its own: choices, and small things that are linked to, such as stages."""
    field = groups.operand.field
    if isinstance(field, Choice) and groups.kind == "choice":
        return {option.value: place for place, option in enumerate(field.options)}
    target = groups.operand.target
    if not target or target == "user":
        return {}
    one = work.registry.get(target)
    if not one.reference or not work.actor.rights.level(one, "read"):
        return {}
    order = work.layout(target).order
    page = await work.query(Query(target, order=parse_order(order), fields=("id",), limit=MAX_LIMIT))
    return {row[0]: place for place, row in enumerate(page.rows)}


def _without_records(groups: Groups, found: set[Any], places: dict[Any, int]) -> Iterable[Any]:
    if groups.grouping.grain in PERIODS:
        return _between([value for value in found if isinstance(value, date)], groups.grouping.grain)
    if groups.grouping.grain:
        return range(1, 8 if groups.grouping.grain == "weekday" else 13)
    if groups.level.buckets:
        return range(len(groups.level.buckets) + 1)
    if groups.kind == "boolean":
        return (True, False)
    return places


def _between(days: list[date], grain: str) -> Iterable[date]:
    if not days:
        return
    day, last = min(days), max(days)
    for _step in range(MOST_BETWEEN):
        if day > last:
            return
        yield day
        day = moved(day, grain, 1)
