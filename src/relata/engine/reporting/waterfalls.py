"""From the number of one day to that of another: what came, what grew, what shrank and what left, record by record. The
parts add up exactly, since each record's part is the difference of its own two values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Checked, Literal, Node, Path, all_of, check, reading
from relata.engine.formula import types as kinds
from relata.engine.metadata.fields import Choice
from relata.engine.query.scope import FieldScope
from relata.engine.query.tabulating import tabulate
from relata.engine.query.tabulation import Exchange, Figure, Level, Tabulation
from relata.engine.reporting.checking import Resolved, Sum, resolve
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.exchange import exchange_of, notes_of
from relata.engine.reporting.looking_back import end_of
from relata.engine.reporting.result import Note, Shown
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: More records than this that changed in between would take too long.
MOST = 50_000
_SECONDS = 20.0


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One record's part. before, after: its value where it counted, None where it did not."""

    id: UUID
    title: str
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """How much it moved the total."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """kind: start, new, came, raised, lowered, left, end. value: the total of start and end, else the difference.
    parts: largest first; of start and end none."""

    kind: str
    label: str
    value: Decimal
    parts: tuple[Part, ...] = ()


class Waterfall(msgspec.Struct, frozen=True, kw_only=True):
    """since, until: the days at whose ends it is told; until None is now."""

    object: str
    measure: Shown
    since: date
    until: date | None
    bars: tuple[Bar, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    """A record at one of the two moments. value: None where it did not count. group: of the field that says why."""

    value: Decimal | None
    group: Any = None


async def waterfall(
    work: Workspace, definition: Definition, since: date, until: date | None = None, extra: Node | None = None
) -> Waterfall:
    """Of the first figure. Invalid where that is no count and no sum, where a day is not over, and where too much
    changed in between. Four statements."""
    if until is not None and until <= since:
        raise Invalid(_("The second day comes after the first one."), code="as_on", field="until")
    resolved = resolve(work, definition)
    first = next((one for one in resolved.measures if not one.measure.hidden), None)
    if resolved.events is not None or first is None or not _adds_up(first):
        raise Invalid(_("Only a number of records or a sum can be followed from day to day."), code="report")
    found = _Between(work, resolved, first, extra)
    begin, end = end_of(work, since), end_of(work, until) if until is not None else None
    exchange = await exchange_of(work, then=None) if first.of_money else Exchange(work.settings.currency)
    start, foreign, without = await found.total(begin, exchange)
    finish, more_foreign, more_without = await found.total(end, exchange)
    before, after = await found.states(begin, begin, exchange), await found.states(begin, end, exchange)
    bars = await _Bars(work, found, before, after).all(start, finish)
    notes = notes_of(exchange, foreign + more_foreign, without + more_without)
    shown = Shown(
        label=first.label, kind=first.kind, name=first.name, index=first.index, additive=True,
        currency=exchange.base if first.of_money else "", unit="" if first.of_money else first.measure.unit,
    )  # fmt: skip
    return Waterfall(
        object=resolved.object.name, measure=shown, since=since, until=until, bars=bars, notes=tuple(notes)
    )


def _adds_up(one: Sum) -> bool:
    return one.figure is not None and one.figure.function in ("count", "sum") and one.kind != "duration"


class _Between:
    """What is asked at both moments."""

    def __init__(self, work: Workspace, resolved: Resolved, first: Sum, extra: Node | None) -> None:
        self.work, self.object = work, resolved.object
        conditions = [one for one in (resolved.where, extra, first.where) if one is not None]
        self.where = all_of(conditions) if conditions else None
        assert first.figure is not None
        self.figure = replace(first.figure, where=self.where)
        self.scope = FieldScope(work.registry, resolved.object, work.actor)
        checked = check(self.where, self.scope, expect=kinds.BOOLEAN) if self.where is not None else None
        self.by = _reason(self.scope, checked)

    async def total(self, at: datetime | None, exchange: Exchange) -> tuple[Decimal, int, int]:
        """At a moment, with how many amounts were converted and could not be."""
        found = await self._ask(replace(self._asked(exchange), figures=(self.figure,), as_on=at))
        if not found:
            return Decimal(0), 0, 0
        return Decimal(found[0].figures[0] or 0), found[0].foreign, found[0].without_rate

    async def states(self, since: datetime, at: datetime | None, exchange: Exchange) -> dict[UUID, _State]:
        """Of every record that changed after `since`, as it was at a moment; None for now."""
        levels = (Level(Path(("id",))), *([Level(Path((self.by.name,)))] if self.by is not None else []))
        moment = Call("datetime", (Literal(since.isoformat()),))
        asked = replace(
            self._asked(exchange), levels=levels, figures=(self.figure, Figure("count", where=self.where)),
            where=Binary(">", Path(("changed_at",)), moment), limit=MOST, as_on=at,
        )  # fmt: skip
        found = await self._ask(asked)
        if len(found) > MOST:
            raise Invalid(
                _("More than %(most)s records changed in between.") % {"most": MOST}, code="too_far", field="since",
                hint=_("Choose a later day."),
            )  # fmt: skip
        return {
            group.keys[0]: _State(
                Decimal(group.figures[0] or 0) if group.figures[1] else None,
                group.keys[1] if self.by is not None else None,
            )
            for group in found
        }

    def _asked(self, exchange: Exchange) -> Tabulation:
        return Tabulation(
            self.object.name, exchange=exchange, fiscal_month=self.work.settings.fiscal_month, seconds=_SECONDS
        )

    async def _ask(self, asked: Tabulation) -> list[Any]:
        await self.work.settle()
        return (await tabulate(self.work.unit.connection, self.work.context.ground, self.work.actor, asked)).groups


def _reason(scope: FieldScope, where: Checked | None) -> Choice | None:
    """The choice in the filter, which says what became of those that no longer fulfil it: open, won, lost."""
    for ref in sorted(reading(where).refs, key=lambda one: one.path) if where is not None else ():
        field = scope.object.field(ref.path[0])
        if len(ref.path) == 1 and isinstance(field, Choice):
            return field
    return None


class _Bars:
    def __init__(
        self, work: Workspace, found: _Between, before: Mapping[UUID, _State], after: Mapping[UUID, _State]
    ) -> None:
        self.work, self.found, self.before, self.after = work, found, before, after

    async def all(self, start: Decimal, finish: Decimal) -> tuple[Bar, ...]:
        """In the order in which they are told; those without a record are left out."""
        sorted_in: dict[tuple[str, Any], list[UUID]] = {}
        for record in self.before.keys() | self.after.keys():
            place = self._kind(record)
            if place is not None:
                sorted_in.setdefault(place, []).append(record)
        everyone = {one for ids in sorted_in.values() for one in ids}
        titles = await titles_of(self.work.unit, {self.found.object.name: everyone})
        bars = [Bar(kind="start", label="", value=start)]
        for kind, label in _labels().items():
            bars.append(self._bar(kind, label, sorted_in.get((kind, None), ()), titles))
        left = {group: ids for (kind, group), ids in sorted_in.items() if kind == "left"}
        for group in sorted(left, key=str):
            bars.append(self._bar("left", self._left(group), left[group], titles))
        bars.append(Bar(kind="end", label="", value=finish))
        return tuple(one for one in bars if one.kind in ("start", "end") or one.parts)

    def _kind(self, record: UUID) -> tuple[str, Any] | None:
        before, after = self.before.get(record), self.after.get(record)
        was = before.value if before is not None else None
        is_now = after.value if after is not None else None
        if was is None and is_now is None:
            return None
        if was is None:
            return ("came" if before is not None else "new"), None
        if is_now is None:
            return "left", after.group if after is not None else None
        if was == is_now:
            return None
        return ("raised" if is_now > was else "lowered"), None

    def _bar(self, kind: str, label: str, records: Iterable[UUID], titles: Mapping[Any, str]) -> Bar:
        parts = [
            Part(
                id=one, title=titles.get((self.found.object.name, one)) or "", before=_value(self.before, one),
                after=_value(self.after, one),
            )
            for one in records
        ]  # fmt: skip
        parts.sort(key=lambda part: (-abs(part.difference), part.title))
        return Bar(kind=kind, label=label, value=sum((one.difference for one in parts), Decimal(0)), parts=tuple(parts))

    def _left(self, group: Any) -> str:
        option = self.found.by.option(group) if self.found.by is not None and group is not None else None
        return option.title if option is not None else _("Left")


def _value(states: Mapping[UUID, _State], record: UUID) -> Decimal | None:
    state = states.get(record)
    return state.value if state is not None else None


def _labels() -> dict[str, str]:
    return {"new": _("New"), "came": _("Came in"), "raised": _("Raised"), "lowered": _("Lowered")}
