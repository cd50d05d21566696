"""Why a number changed: what each group of each dimension contributed between two periods. What is listed and the rest
add up to the change exactly, because the rest is what is left of it."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from relata.engine.metadata.fields import Choice, Link, User
from relata.engine.reporting.dashboards.filters import Chosen, applied
from relata.engine.reporting.dashboards.periods import Period
from relata.engine.reporting.definition import Definition, Grouping, Picture
from relata.engine.reporting.result import Key, Result, Shown
from relata.engine.reporting.running import run
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

_DIMENSIONS, _LISTED, _GROUPS = 6, 6, 100
#: Below so many records in both periods together, a change is mostly chance.
FEW = 30


class Share(msgspec.Struct, frozen=True):
    """What one group did. key: None for the rest."""

    key: Key | None
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        """Its part of the whole change."""
        return self.now - self.before


class Dimension(msgspec.Struct, frozen=True):
    """A field by which the change is told apart. weight: how much of it few groups explain, the higher the better."""

    label: str
    shares: tuple[Share, ...]
    weight: Decimal


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """The change and its parts. records: in both periods together."""

    shown: Shown
    before: Decimal
    now: Decimal
    dimensions: tuple[Dimension, ...]
    records: int


async def why(work: Workspace, definition: Definition, chosen: Chosen, now: Period, before: Period) -> Why:
    """Of a report's first measure. Invalid for a measure whose groups do not add up to the whole."""
    if not definition.date:
        raise Invalid(_("This number has no day, so that no two periods can be compared."), code="no_date")
    plain = msgspec.structs.replace(definition, rows=(), columns=(), picture=Picture())
    whole = [await _asked(work, plain, chosen, period) for period in (before, now)]
    shown = whole[1].measures[0]
    if not shown.additive:
        raise Invalid(
            _("Only sums and counts can be told apart by what each group added."), code="not_additive",
            hint=_("Ask it of the figures that this one is made of."),
        )  # fmt: skip
    ends = [_number(result, len(result.rows) - 1) for result in whole]
    found = []
    for path, label in _dimensions(work, definition):
        grouped = msgspec.structs.replace(plain, rows=(Grouping(path=path, top=_GROUPS),))
        tables = [_groups(await _asked(work, grouped, chosen, period)) for period in (before, now)]
        found.append(_dimension(label, tables[0], tables[1], ends[1] - ends[0]))
    found = sorted((one for one in found if len(one.shares) > 1), key=lambda one: -one.weight)
    records = sum(result.total.count for result in whole if result.total is not None)
    return Why(shown=shown, before=ends[0], now=ends[1], dimensions=tuple(found), records=records)


async def _asked(work: Workspace, definition: Definition, chosen: Chosen, period: Period) -> Result:
    extra = applied(work, definition, msgspec.structs.replace(chosen, period=period))
    return await run(work, definition, extra=extra.condition)


def _dimensions(work: Workspace, definition: Definition) -> list[tuple[str, str]]:
    """Fields with few values that the reader may see: choices first, then whose it is and what it belongs to."""
    one = work.registry.get(definition.object)
    rank = {Choice: 0, User: 1, Link: 2}
    found = []
    for field in one.all_fields.values():
        order = rank.get(type(field))
        is_noise = field.hidden or field.name in ("created_by", "changed_by")
        if order is not None and not is_noise and work.actor.readable(one, field):
            found.append((order, field.name, field.title))
    return [(name, title) for _order, name, title in sorted(found, key=lambda each: each[0])][:_DIMENSIONS]


def _groups(result: Result) -> dict[object, tuple[Key, Decimal]]:
    found: dict[object, tuple[Key, Decimal]] = {}
    for row in result.row_leaves:
        key = result.rows[row].key
        if key is not None:
            found[key.id or (key.value, key.others)] = (key, _number(result, row))
    return found


def _number(result: Result, row: int) -> Decimal:
    value = result.value(row, len(result.columns) - 1)
    return Decimal(value) if isinstance(value, (int, Decimal)) else Decimal(0)


def _dimension(
    label: str, before: dict[object, tuple[Key, Decimal]], now: dict[object, tuple[Key, Decimal]], change: Decimal
) -> Dimension:
    """The groups that moved most, and the rest."""
    none = Decimal(0)
    shares = []
    for name in {**before, **now}:
        key = (now.get(name) or before[name])[0]
        shares.append(Share(key, before[name][1] if name in before else none, now[name][1] if name in now else none))
    shares.sort(key=lambda one: -abs(one.change))
    listed, left = shares[:_LISTED], shares[_LISTED:]
    told = sum((one.change for one in listed), none)
    if left or told != change:
        start = sum((one.before for one in left), none)
        listed.append(Share(None, start, start + change - told))
    moved = sum((abs(one.change) for one in shares), none)
    weight = sum((abs(one.change) for one in shares[:2]), none) / moved if moved else none
    return Dimension(label, tuple(listed), weight)
