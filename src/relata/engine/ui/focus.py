"""One after the other: what waits for a person today, with what each of it is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import all_of, parse
from relata.engine.metadata.fields import AnyTarget, LongText
from relata.engine.metadata.fields import Date as DateField
from relata.engine.metadata.home_card import HomeCard
from relata.engine.query.request import Query, parse_order
from relata.engine.ui.home import cards_of, fits
from relata.engine.ui.record_page import RecordPage, record_page
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

MOST = 200


class Focus(msgspec.Struct, frozen=True, kw_only=True):
    """at: the place of the item, from 0. about: the page of what it is about. text: what one needs to know.
    log: the object that is written down about it, "" for none. can_wait: its day can be moved."""

    card: HomeCard
    at: int
    count: int
    item: RecordPage | None = None
    about: RecordPage | None = None
    text: str = ""
    log: str = ""
    can_wait: bool = False


def focusable(work: Workspace) -> list[HomeCard]:
    """Cards whose records are gone through one by one: those that an action finishes, about something."""
    return [
        card
        for card in cards_of(work)
        if card.focus and fits(work, card.object, card.focus) and work.registry.get(card.object).field("about")
    ]


async def focus(work: Workspace, name: str, at: int) -> Focus:
    """The item at a place; none behind the last. NotFound where there is nothing to go through."""
    cards = focusable(work)
    card = next((one for one in cards if one.name == name), cards[0] if cards and not name else None)
    if card is None:
        raise NotFound(_("There is nothing to go through here."), code="unknown_card")
    where = all_of([parse(card.mine), parse(card.focus)])
    page = await work.query(Query(card.object, where, parse_order(card.order), ("id",), MOST, few=True))
    ids = [row[0] for row in page.rows]
    at = min(max(at, 0), len(ids))
    if at == len(ids):
        return Focus(card=card, at=at, count=len(ids))
    item = await record_page(work, work.registry.get(card.object), ids[at])
    about = await _about(work, item.record["about"])
    log = card.log if about is not None and may_log(work, card.log, about.object.name) else ""
    return Focus(
        card=card, at=at, count=len(ids), item=item, about=about, text=_text(work, item), log=log,
        can_wait=item.may_change and bool(_due(work, card)),
    )  # fmt: skip


def _text(work: Workspace, item: RecordPage) -> str:
    """The first long text that this person may read."""
    fields = [one for one in item.object.fields if isinstance(one, LongText) and work.actor.readable(item.object, one)]
    return next((str(item.record[one.name]) for one in fields if item.record[one.name]), "")


def may_log(work: Workspace, name: str, about: str) -> bool:
    """Whether this person may write such a record down about that object."""
    one = work.registry.objects.get(name)
    return one is not None and bool(work.actor.rights.level(one, "create")) and about in work.registry.objects


async def _about(work: Workspace, target: Any) -> RecordPage | None:
    if not isinstance(target, AnyTarget) or target.object not in work.registry.objects:
        return None
    try:
        return await record_page(work, work.registry.get(target.object), target.id)
    except NotFound:
        return None


def _due(work: Workspace, card: HomeCard) -> str:
    """The field that says until when, where it is a day."""
    one = work.registry.get(card.object)
    name = one.happening.due if one.happening else ""
    return name if isinstance(one.field(name), DateField) else ""


async def wait(work: Workspace, card: HomeCard, key: UUID) -> date:
    """Put it off until the next day that people work on; which one."""
    name = _due(work, card)
    if not name:
        raise NotFound(_("This has no day to move."), code="no_day")
    day = work.clock.today + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    await work.change((card.object, key), {name: day})
    return day
